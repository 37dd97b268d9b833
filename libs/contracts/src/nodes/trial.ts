import * as z from 'zod';
import { ClusterEvent } from '../cluster/events.ts';
import { Revision } from '../ids.ts';

/** Would this node take what these events make of the cluster at that revision? Changes nothing there. */
export const TrialRequest = z.strictObject({ revision: Revision, events: z.array(ClusterEvent) });
export type TrialRequest = z.infer<typeof TrialRequest>;

/** What one engine of one node says of a configuration that it does not run yet. */
export const Trial = z
  .discriminatedUnion('state', [
    z.strictObject({ state: z.literal('accepted') }),
    /** In the engine's own words. */
    z.strictObject({ state: z.literal('refused'), words: z.string() }),
    /** The node answers, and did not ask the engine. */
    z.strictObject({ state: z.literal('not-asked'), why: z.string() }),
    /** The node does not answer. */
    z.strictObject({ state: z.literal('silent'), why: z.string() }),
  ])
  .meta({ id: 'Trial' });
export type Trial = z.infer<typeof Trial>;

/** `haproxy -c` and `nft -c`. */
export const Trials = z.strictObject({ haproxy: Trial, nftables: Trial }).meta({ id: 'Trials' });
export type Trials = z.infer<typeof Trials>;
