import * as z from 'zod';
import { sentence } from '../../values.ts';
import { pace } from './pace.ts';
import { target } from './target.ts';

/** RFC 1035, section 2.3.4, with the underscores that SRV needs. The last label may be followed by a dot. */
const DomainName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62}))*\.?$/, 'a domain name');

/** One question about a name to the server itself, over UDP, and over TCP when the answer does not fit. */
export const DnsQuery = z.strictObject({
  kind: z.literal('dns'),
  ...pace('2s', '2s'),
  ...target,
  name: DomainName,
  recordType: z.enum(['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT']).default('A'),
  /** Must be among the answers, written as in a zone file: `10 mail.example` for MX. Without it any answer will do. */
  expectAnswer: sentence(255).optional(),
});
