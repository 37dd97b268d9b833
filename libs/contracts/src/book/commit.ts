import * as z from 'zod';
import { ClusterEvent } from '../cluster/events.ts';
import { CommitId, Revision } from '../ids.ts';
import { Reason, sentence, Ticket, Timestamp } from '../values.ts';

/** SHA-256 as 64 hexadecimal digits. */
export const Hash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .brand<'Hash'>();
export type Hash = z.infer<typeof Hash>;
/** The previous hash of the first commit of every log. */
export const noHash = '0'.repeat(64) as Hash;

/** `cluster:<name>` or `access`. */
export const LogName = z
  .string()
  .regex(/^(cluster:[a-z0-9-]{1,63}|access)$/)
  .brand<'LogName'>();
export type LogName = z.infer<typeof LogName>;

/** Who acted. Nobody acts without being named in the book. */
export const Actor = z
  .strictObject({
    /** A name that people know: a user, a token's owner, or a process of ours. */
    name: sentence(100),
    kind: z.enum(['user', 'token', 'system']),
    /** How the actor proved it, for example `token ek_admin_4f…`. */
    authenticatedBy: sentence(100),
    /** Network address the wish came from. */
    address: sentence(64).optional(),
  })
  .meta({ id: 'Actor' });
export type Actor = z.infer<typeof Actor>;

/** One atomic batch of facts. Its hash covers every field below, over canonical JSON (RFC 8785). */
export const Commit = z
  .strictObject({
    format: z.literal(1),
    log: LogName,
    revision: Revision,
    commitId: CommitId,
    time: Timestamp,
    actor: Actor,
    reason: Reason.optional(),
    ticket: Ticket.optional(),
    traceId: z
      .string()
      .regex(/^[0-9a-f]{32}$/)
      .optional(),
    events: z.array(ClusterEvent).min(1),
    /** Ids of all things that the events touch, sorted: the audit index. */
    entities: z.array(z.string()),
    previousHash: Hash,
  })
  .meta({ id: 'Commit' });
export type Commit = z.infer<typeof Commit>;

/** A commit before the log gives it a place: no revision and no hashes yet. */
export type CommitDraft = Omit<Commit, 'format' | 'log' | 'revision' | 'previousHash'>;

/** A commit with the exact text that was hashed. The text travels and is stored as it is: nothing is serialised twice. */
export type SealedCommit = { readonly commit: Commit; readonly body: string; readonly hash: Hash };
