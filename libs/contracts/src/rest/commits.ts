import * as z from 'zod';
import { canonicalAddress } from '../address.ts';
import { Commit, Hash } from '../book/commit.ts';
import { ClusterSnapshot } from '../cluster/snapshot.ts';
import { Timestamp } from '../values.ts';
import { ListQuery, pageOf } from './lists.ts';

export const CommitResource = Commit.extend({ hash: Hash }).meta({ id: 'CommitResource' });
export type CommitResource = z.infer<typeof CommitResource>;
export const CommitPage = pageOf(CommitResource, 'CommitPage');
export type CommitPage = z.infer<typeof CommitPage>;

/** A machine is asked for by its address, however that is written. */
const canonicalEntity = (entity: string): string =>
  entity.replace(/^machine:(.*)$/, (_, address: string) => `machine:${canonicalAddress(address)}`);

/** Newest first. */
export const CommitQuery = ListQuery.extend({
  entity: z
    .string()
    .max(100)
    .overwrite(canonicalEntity)
    .optional()
    .describe('Id of a virtual service or real server, or machine:<address>'),
  actor: z.string().max(100).optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export type CommitQuery = z.infer<typeof CommitQuery>;

/** A revision, or a moment. */
export const StateQuery = z.strictObject({ at: z.union([z.coerce.number().int().min(0), Timestamp]).optional() });
export type StateQuery = z.infer<typeof StateQuery>;
export const StateResource = ClusterSnapshot.meta({ id: 'ClusterState' });
