import * as z from 'zod';
import { SecretFacts } from '../cluster/secret.ts';
import { Revision, VirtualServiceId } from '../ids.ts';
import { Label } from '../values.ts';
import { why } from './write.ts';

/** Nothing is checked here, not even that it is text: what a schema refuses is quoted, and a secret is quoted nowhere. */
const Unquoted = (description: string) => z.unknown().meta({ type: 'string', writeOnly: true, description });

export const SecretBody = z
  .strictObject({
    kind: SecretFacts.shape.kind.default('username-password'),
    username: Unquoted('1 to 256 characters, no control characters, no ":"; the name to bind as for LDAP'),
    password: Unquoted('1 to 512 characters, no control characters. Both are sealed, and can never be read'),
    ...why,
  })
  .meta({ id: 'Secret' });
export type SecretBody = z.infer<typeof SecretBody>;

export const SecretResource = z
  .strictObject({
    name: Label,
    kind: SecretFacts.shape.kind,
    /** Virtual services whose check signs in with it. */
    usedBy: z.array(z.strictObject({ virtualServiceId: VirtualServiceId, label: z.string() })),
    /** The revision that stored or replaced it: its ETag. */
    revision: Revision,
  })
  .meta({ id: 'SecretResource' });
export type SecretResource = z.infer<typeof SecretResource>;
