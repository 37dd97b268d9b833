import * as z from 'zod';
import { CheckerVote, ProbeResult, VerdictReason, VerdictState } from '../health/verdict.ts';
import { RealServerId, VirtualServiceId } from '../ids.ts';
import { Address, Label, Timestamp } from '../values.ts';
import { said } from './said.ts';

// What checkers write: how verdicts change, and when nobody was there to change them.

/** `none`: nobody judges it, because it is new or has left the book. */
export const JudgedState = z.enum([...VerdictState.options, 'none']);
export type JudgedState = z.infer<typeof JudgedState>;

/** So many results are kept of those that decided. */
export const decidingMax = 5;

const checker = z.string().max(100);

/** The verdict about one real server is another one. */
export const VerdictChanged = z.strictObject({
  kind: z.literal('verdict-changed'),
  ...said,
  checker,
  virtualService: z.strictObject({ id: VirtualServiceId, label: Label }),
  realServer: z.strictObject({ id: RealServerId, label: Label }),
  machine: Address,
  from: JudgedState,
  /** When the state began that has ended, as far as that is known. */
  fromSince: Timestamp.optional(),
  to: JudgedState,
  /** When the new state began: before `time` when the record had to wait. */
  since: Timestamp.optional(),
  /** It goes up and down: so many changes before this one were not written. */
  skipped: z.int().min(1).optional(),
  /** Absent for one that has left the book. */
  reason: VerdictReason.optional(),
  detail: z.string().max(512),
  /** The newest of the results that made it so, last one last. */
  evidence: z.array(ProbeResult).max(decidingMax),
  /** What was counted, when several checkers ask. */
  votes: z.array(CheckerVote).max(32).optional(),
});

/** Nobody had checked anything since `silentSince`. What was true then is true again, but for what is told after this. */
export const ChecksResumed = z.strictObject({
  kind: z.literal('checks-resumed'),
  ...said,
  checker,
  silentSince: Timestamp,
});
