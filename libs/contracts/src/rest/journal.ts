import * as z from 'zod';
import {
  AppliedByReload,
  DriftRepaired,
  HaproxyRestarted,
  journalKinds,
  NodeForgotten,
  RecordsLost,
  Rejected,
  RejectionHealed,
} from '../journal/record.ts';
import { AddressInUse, HaAsked, RoleChanged } from '../journal/ha-records.ts';
import { ChecksResumed, VerdictChanged } from '../journal/verdict-records.ts';
import { NodeName } from '../ids.ts';
import { Address, Timestamp } from '../values.ts';
import { ListQuery, pageOf } from './lists.ts';

/** Its place in the journal: it grows, and numbers that have expired are not used again. */
const placed = { sequence: z.int().min(1) };

/** How the verdict about a real server has changed. */
export const VerdictEntry = VerdictChanged.extend(placed).meta({ id: 'VerdictEntry' });
export type VerdictEntry = z.infer<typeof VerdictEntry>;

/** A record with its place. */
export const JournalEntry = z
  .discriminatedUnion('kind', [
    DriftRepaired.extend(placed),
    Rejected.extend(placed),
    RejectionHealed.extend(placed),
    AppliedByReload.extend(placed),
    HaproxyRestarted.extend(placed),
    RecordsLost.extend(placed),
    NodeForgotten.extend(placed),
    VerdictEntry,
    ChecksResumed.extend(placed),
    RoleChanged.extend(placed),
    AddressInUse.extend(placed),
    HaAsked.extend(placed),
  ])
  .meta({ id: 'JournalEntry' });
export type JournalEntry = z.infer<typeof JournalEntry>;

export const JournalPage = pageOf(JournalEntry, 'JournalPage');
export type JournalPage = z.infer<typeof JournalPage>;

/** Newest first. A page may be short although `next` leads on: a question looks through so many entries and no more. */
export const JournalQuery = ListQuery.extend({
  kind: z.enum(journalKinds).optional(),
  node: NodeName.optional().describe('The node or the checker that saw it'),
  entity: z.uuid().optional().describe('Id of a virtual service or real server'),
  machine: Address.optional().describe('Verdicts about real servers at this address'),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export type JournalQuery = z.infer<typeof JournalQuery>;
