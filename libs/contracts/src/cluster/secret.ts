import * as z from 'zod';
import { Revision } from '../ids.ts';
import { Label } from '../values.ts';
import { MaterialName } from './material.ts';

/** All that the book has of a secret: what it is, and the name of what is sealed. See decision 32. */
export const SecretFacts = z
  .strictObject({
    kind: z.enum(['username-password']),
    /** A keyed hash over name and value: the same again is the same, and without the cluster's key it tells nothing. */
    material: MaterialName,
  })
  .meta({ id: 'SecretFacts' });
export type SecretFacts = z.infer<typeof SecretFacts>;

/** What is sealed. Never sent or stored open. */
export const Credentials = z.strictObject({ username: z.string(), password: z.string() });
export type Credentials = z.infer<typeof Credentials>;

export const SecretState = z.strictObject({
  name: Label,
  facts: SecretFacts,
  /** The revision that stored or replaced it: its ETag. */
  version: Revision,
});
export type SecretState = z.infer<typeof SecretState>;
