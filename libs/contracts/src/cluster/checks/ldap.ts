import * as z from 'zod';
import { pace } from './pace.ts';
import { target, targetOnOwnPort } from './target.ts';
import { Tls } from './tls.ts';

/** An anonymous bind: a name would need a password, and the book is no place for one. */
const ldapBind = {
  kind: z.literal('ldap'),
  ...pace('5s', '2s'),
  /** LDAPS; StartTLS is not spoken. */
  tls: Tls.optional(),
};

export const LdapCheck = z.strictObject({ ...ldapBind, ...target });
export const LdapOnPort = z.strictObject({ ...ldapBind, ...targetOnOwnPort });
