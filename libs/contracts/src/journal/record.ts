import * as z from 'zod';
import { Actor } from '../book/commit.ts';
import { Revision } from '../ids.ts';
import { ApplyMethod, EngineName } from '../nodes/report.ts';
import { Reason, Ticket, Timestamp } from '../values.ts';
import { AddressInUse, HaAsked, RoleChanged } from './ha-records.ts';
import { said } from './said.ts';
import { ChecksResumed, VerdictChanged } from './verdict-records.ts';

// What happened in operation, as whoever saw it wrote it down. The book says what was decided, the journal what came of it.
// A new kind is a new member of the union below; a stored one keeps its schema.

/** An engine's own words are kept as they are, up to so many characters. */
export const journalWordsMax = 8_192;
const words = z.string().max(journalWordsMax);
/** A list in a record holds so many at the most. */
export const journalListMax = 50;
const list = z.array(z.string().max(1_000)).max(journalListMax);

/** Somebody else had changed what runs. `left`: what could not be put right at once. */
export const DriftRepaired = z.strictObject({
  kind: z.literal('drift-repaired'),
  ...said,
  engine: EngineName,
  revision: Revision,
  found: list,
  /** How many differences there were, also those that `found` has no room for. */
  foundInAll: z.int().min(1),
  done: ApplyMethod,
  left: list,
});

/** An engine refused a configuration, in its own words. What ran before runs on. */
export const Rejected = z.strictObject({
  kind: z.literal('rejected'),
  ...said,
  engine: EngineName,
  revision: Revision,
  words,
});

/** The engine that had refused `rejectedRevision` has taken `revision`. */
export const RejectionHealed = z.strictObject({
  kind: z.literal('rejection-healed'),
  ...said,
  engine: EngineName,
  revision: Revision,
  rejectedRevision: Revision,
  rejectedSince: Timestamp,
});

/** HAProxy was reloaded, or started, because the Runtime API could not do it. */
export const AppliedByReload = z.strictObject({
  kind: z.literal('applied-by-reload'),
  ...said,
  revision: Revision,
  method: z.enum(['reload', 'start']),
  reasons: list,
  durationMs: z.number().min(0),
});

/** HAProxy had ended by itself, or was ended by somebody else, and was started again. */
export const HaproxyRestarted = z.strictObject({
  kind: z.literal('haproxy-restarted'),
  ...said,
  downMs: z.number().min(0),
  /** Starts that came to nothing before the one that did, and what was said at the last of them. */
  failedStarts: z.int().min(0),
  words: words.optional(),
});

/** There were more records than could be kept while the bus was away. */
export const RecordsLost = z.strictObject({
  kind: z.literal('records-lost'),
  ...said,
  count: z.int().min(1),
  from: Timestamp,
  to: Timestamp,
  /** Which kinds were among them; older versions do not say. */
  kinds: z.array(z.string().max(100)).max(50).optional(),
});

/** Somebody has said that `node` is gone for good: no other node is told of it any more. */
export const NodeForgotten = z.strictObject({
  kind: z.literal('node-forgotten'),
  ...said,
  actor: Actor,
  reason: Reason.optional(),
  ticket: Ticket.optional(),
});

export const JournalRecord = z
  .discriminatedUnion('kind', [
    DriftRepaired,
    Rejected,
    RejectionHealed,
    AppliedByReload,
    HaproxyRestarted,
    RecordsLost,
    NodeForgotten,
    VerdictChanged,
    ChecksResumed,
    RoleChanged,
    AddressInUse,
    HaAsked,
  ])
  .meta({ id: 'JournalRecord' });
export type JournalRecord = z.infer<typeof JournalRecord>;
export type JournalKind = JournalRecord['kind'];
export const journalKinds = JournalRecord.options.map(({ shape }) => shape.kind.value);

/** What a node itself writes. */
type NodeRecord = Exclude<JournalRecord, { kind: 'node-forgotten' }>;
type News<Kind extends JournalRecord> = Kind extends unknown ? Omit<Kind, 'id' | 'time' | 'node'> : never;
/** What happened, before anybody has said who saw it and when. */
export type JournalNews = News<NodeRecord>;
