import * as z from 'zod';
import { pace } from './pace.ts';
import { SecretReference } from './sign-in.ts';
import { target, targetOnOwnPort } from './target.ts';
import { Tls } from './tls.ts';

const ldapBind = {
  kind: z.literal('ldap'),
  ...pace('5s', '2s'),
  /** Whose name and password to bind with; without it nobody's. */
  bindAs: SecretReference.optional(),
  /** LDAPS; StartTLS is not spoken. */
  tls: Tls.optional(),
};

export const LdapCheck = z.strictObject({ ...ldapBind, ...target });
export const LdapOnPort = z.strictObject({ ...ldapBind, ...targetOnOwnPort });
