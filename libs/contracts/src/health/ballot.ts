import * as z from 'zod';
import { Timestamp } from '../values.ts';
import { VerdictReason, VerdictState } from './verdict.ts';

const judgement = { state: VerdictState, reason: VerdictReason, detail: z.string().max(512) };

/** What one checker has seen of one target. */
export const Vote = z.strictObject({
  ...judgement,
  /** It could not ask: that says nothing about the target. */
  isBlind: z.literal(true).optional(),
});
export type Vote = z.infer<typeof Vote>;

/** What the checkers say of one target together, as far as the sender knows. */
export const CouncilWord = z.strictObject({
  ...judgement,
  since: Timestamp,
  /** That of the verdict. Older checkers do not say it. */
  backSince: Timestamp.optional(),
  /** How often it has changed: of two words the one with more changes is the newer. No clock is asked. */
  changes: z.int().min(0),
});
export type CouncilWord = z.infer<typeof CouncilWord>;

/** Replaces what the sender has said of this target before. Without a vote it abstains. */
export const BallotEntry = z.strictObject({
  target: z.string(),
  vote: Vote.optional(),
  word: CouncilWord.optional(),
});
export type BallotEntry = z.infer<typeof BallotEntry>;

/** Entries in one ballot at the most: such a message stays below the bus's usual limit of 1 MiB. */
export const ballotEntriesMax = 400;

/** One checker to all: that it is there, and what it has seen. Sent twice a second, and at once when something has changed. */
export const Ballot = z.strictObject({
  /** Its name. */
  checker: z.string().max(100),
  /** Of this process alone: another after each start. */
  run: z.string().max(64),
  /** Of this ballot: one more than the last. Whoever misses one asks for everything again. */
  number: z.int().min(1),
  /** Its votes can be relied on, and it knows those of the others. */
  isReady: z.boolean(),
  /** It has missed something: everybody please tell everything. */
  wantsAll: z.boolean(),
  /** For so long it has checked without a pause. Whoever stood still meanwhile learns from it that somebody went on. */
  checksForMs: z.number().min(0).optional(),
  /** It stops: the last ballot of this run. */
  isLeaving: z.literal(true).optional(),
  /** One piece of everything that the sender has to say; it starts with piece 0. */
  piece: z.strictObject({ number: z.int().min(0), of: z.int().min(1) }).optional(),
  entries: z.array(BallotEntry).max(ballotEntriesMax),
});
export type Ballot = z.infer<typeof Ballot>;
