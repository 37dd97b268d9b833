import * as z from 'zod';
import { Actor } from '../book/commit.ts';
import { HaGroupName, HaMaintenance } from '../ha/status.ts';
import { NodeName } from '../ids.ts';
import { Reason, sentence, Ticket } from '../values.ts';

/** What an operator can want of a node's part in the election. */
export const HaWish = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('make-active') }),
  z.strictObject({ kind: z.literal('maintenance'), isOn: z.boolean() }),
]);
export type HaWish = z.infer<typeof HaWish>;

/** For the node of this group: another group on the same machine has a process of its own. */
export const HaQuestion = z.strictObject({
  group: HaGroupName,
  wish: HaWish,
  dryRun: z.boolean(),
  actor: Actor,
  reason: Reason.optional(),
  ticket: Ticket.optional(),
});
export type HaQuestion = z.infer<typeof HaQuestion>;

export const HaRefusal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('already-active'), epoch: z.int().min(0) }),
  z.strictObject({ kind: z.literal('in-maintenance'), maintenance: HaMaintenance.optional() }),
  /** It could not serve now. */
  z.strictObject({ kind: z.literal('not-able'), detail: sentence(1_000) }),
]);
export type HaRefusal = z.infer<typeof HaRefusal>;

/** As the node that took the addresses saw it, on its own clock. */
export const HaHandover = z
  .strictObject({
    from: NodeName.optional().describe('Who served before, as far as this node had heard it'),
    tookMs: z.number().min(0).describe('From the wish to addresses that answer here'),
    silentMsMost: z
      .number()
      .min(0)
      .optional()
      .describe('Nobody answered for that long at the most: since the other node last said that it serves'),
  })
  .meta({ id: 'HaHandover' });
export type HaHandover = z.infer<typeof HaHandover>;

export const HaAnswer = z.discriminatedUnion('kind', [
  /** `changed`: false when it was so already. In a dry run nothing is done, and this is what would be. */
  z.strictObject({
    kind: z.literal('done'),
    changed: z.boolean(),
    sentence: sentence(1_000),
    /** Connections through the addresses break with it. */
    moves: z.boolean(),
    handover: HaHandover.optional(),
  }),
  z.strictObject({ kind: z.literal('refused'), refusal: HaRefusal }),
  /** It was wanted, and did not come about. */
  z.strictObject({ kind: z.literal('not-in-time'), waitedMs: z.number().min(0), why: sentence(1_000) }),
]);
export type HaAnswer = z.infer<typeof HaAnswer>;
