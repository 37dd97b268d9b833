import * as z from 'zod';
import { Actor, Commit, Hash, LogName } from '../book/commit.ts';
import { ChangeSummary } from '../cluster/change-summary.ts';
import { ClusterCommand } from '../cluster/commands.ts';
import { ConfigurationChange } from '../cluster/configuration-change.ts';
import { ClusterEvent } from '../cluster/events.ts';
import { LintFinding } from '../cluster/lint.ts';
import { MaterialName } from '../cluster/material.ts';
import { ClusterRefusal } from '../cluster/refusals.ts';
import { DuplicateReview } from '../cluster/review.ts';
import { ClusterSnapshot } from '../cluster/snapshot.ts';
import { Revision } from '../ids.ts';
import { Reason, sentence, Ticket, Timestamp } from '../values.ts';

/** A wish with everything the book wants to know about it. */
export const CommandRequest = z.strictObject({
  command: ClusterCommand,
  actor: Actor,
  reason: Reason.optional(),
  ticket: Ticket.optional(),
  /** Refuse with `stale-version` unless the named entity still has this version. */
  ifMatch: Revision.optional(),
  /** The same key, actor and content give the same commit again. */
  idempotencyKey: sentence(200).optional(),
  traceId: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});
export type CommandRequest = z.infer<typeof CommandRequest>;

export const CommandOutcome = z.strictObject({
  /** The revision that holds the wish; the present one when nothing had to change. */
  revision: Revision,
  /** False: an earlier commit had said it already, and none was made. */
  changed: z.boolean(),
  events: z.array(ClusterEvent),
  review: DuplicateReview.optional(),
  /** Only of commands that say what should be, and not what to do. */
  summary: ChangeSummary.optional(),
  /** Findings about what the command touched. */
  lint: z.array(LintFinding),
});
export type CommandOutcome = z.infer<typeof CommandOutcome>;

/** The book is out of reach or overrun. `mayBeRecorded`: asking again with the same idempotency key tells. */
export const BookUnavailable = z.strictObject({
  kind: z.literal('unavailable'),
  detail: z.string(),
  mayBeRecorded: z.boolean(),
});
export type BookUnavailable = z.infer<typeof BookUnavailable>;

export const CommandAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), outcome: CommandOutcome }),
  z.strictObject({ kind: z.literal('refused'), refusal: ClusterRefusal }),
  BookUnavailable,
]);
export type CommandAnswer = z.infer<typeof CommandAnswer>;

/** So many commands in one list. */
export const commandsMax = 100;

/** Decide these on the newest state, each on top of the one before, and store nothing. */
export const RehearsalRequest = CommandRequest.omit({ command: true, idempotencyKey: true, traceId: true }).extend({
  commands: z.array(ClusterCommand).min(1).max(commandsMax),
  /** Of what the first command names: what the others name may be changed by then. */
  ifMatch: Revision.optional(),
});
export type RehearsalRequest = z.infer<typeof RehearsalRequest>;

/** What one of the commands would do. */
export const RehearsedDecision = z
  .strictObject({
    command: z.string(),
    events: z.array(ClusterEvent),
    review: DuplicateReview.optional(),
    summary: ChangeSummary.optional(),
  })
  .meta({ id: 'RehearsedDecision' });
export type RehearsedDecision = z.infer<typeof RehearsedDecision>;

export const Rehearsal = z.strictObject({
  /** The revision that it was decided on. */
  revision: Revision,
  /** False: all of it is true already. */
  changed: z.boolean(),
  decisions: z.array(RehearsedDecision),
  /** From what is to what would be. */
  changes: z.array(ConfigurationChange),
  /** Findings about what would be touched. */
  lint: z.array(LintFinding),
});
export type Rehearsal = z.infer<typeof Rehearsal>;

export const RehearsalAnswer = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('done'), rehearsal: Rehearsal }),
  /** `index`: which of the commands; those before it were fine. */
  z.strictObject({ kind: z.literal('refused'), index: z.int().min(0), refusal: ClusterRefusal }),
  BookUnavailable,
]);
export type RehearsalAnswer = z.infer<typeof RehearsalAnswer>;

/** A sealed commit on the wire: the text that was hashed, and its hash. */
export const CommitOnWire = z.strictObject({ body: z.string(), hash: Hash });
export type CommitOnWire = z.infer<typeof CommitOnWire>;

/** Commits of a log after a revision, oldest first; fewer than asked for when a page would grow too large. */
export const ReadCommits = z.strictObject({ log: LogName, after: Revision, limit: z.int().min(1).max(10_000) });
export type ReadCommits = z.infer<typeof ReadCommits>;
export const CommitsPage = z.strictObject({ head: Revision, commits: z.array(CommitOnWire) });
export type CommitsPage = z.infer<typeof CommitsPage>;

/** Newest first, below `before`. */
export const FindCommits = z.strictObject({
  log: LogName,
  before: Revision.optional(),
  limit: z.int().min(1).max(500),
  entity: z.string().optional(),
  /** Those that touched any of these. */
  anyEntity: z.array(z.string()).optional(),
  /** Above this revision. */
  after: Revision.optional(),
  actor: z.string().optional(),
  from: Timestamp.optional(),
  to: Timestamp.optional(),
});
export type FindCommits = z.infer<typeof FindCommits>;
export const FoundCommits = z.strictObject({ commits: z.array(Commit.extend({ hash: Hash })) });
export type FoundCommits = z.infer<typeof FoundCommits>;

/** The newest stored snapshot at or below `atMost`; undefined when there is none. */
export const ReadSnapshot = z.strictObject({ log: LogName, atMost: Revision.optional() });
export type ReadSnapshot = z.infer<typeof ReadSnapshot>;
export const SnapshotAnswer = z.strictObject({ snapshot: ClusterSnapshot.nullable() });
export type SnapshotAnswer = z.infer<typeof SnapshotAnswer>;

/** The state at a revision or at a time (the newest commit not after it). */
export const ReadState = z.strictObject({
  log: LogName,
  at: z.union([z.strictObject({ revision: Revision }), z.strictObject({ time: Timestamp })]),
});
export type ReadState = z.infer<typeof ReadState>;
export const StateAnswer = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: ClusterSnapshot }),
  z.strictObject({
    ok: z.literal(false),
    refusal: z.strictObject({ kind: z.literal('unknown-revision'), head: Revision }),
  }),
]);
export type StateAnswer = z.infer<typeof StateAnswer>;

/** The stored half of a token: enough to recognise it, not enough to use it. */
export const TokenRecord = z.strictObject({
  id: z.string(),
  secretHash: Hash,
  name: sentence(100),
  role: z.enum(['admin']),
  createdAt: Timestamp,
});
export type TokenRecord = z.infer<typeof TokenRecord>;
export const ReadToken = z.strictObject({ id: z.string().max(64) });
export const TokenAnswer = z.strictObject({ token: TokenRecord.nullable() });
export type TokenAnswer = z.infer<typeof TokenAnswer>;

/** A certificate's chain and key, or a secret, sealed with the cluster's key: whoever lacks that can do nothing with it. */
export const SealedMaterial = z.strictObject({
  material: MaterialName,
  sealed: z.string().max(200_000),
});
export type SealedMaterial = z.infer<typeof SealedMaterial>;
export const MaterialKept = z.strictObject({ kept: z.literal(true) });
export type MaterialKept = z.infer<typeof MaterialKept>;
export const ReadMaterial = z.strictObject({ material: MaterialName });
export const MaterialAnswer = z.strictObject({ sealed: z.string().nullable() });
export type MaterialAnswer = z.infer<typeof MaterialAnswer>;
