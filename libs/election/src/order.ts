import type { NodeName } from '@evenkeel/contracts';
import { hasGateway, liveOthers } from './evidence.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { ElectionState } from './state.ts';

/** What decides who is preferred. */
export type Standing = { readonly node: NodeName; readonly rank: number; readonly hasGateway: boolean };

/** Whoever has the gateway goes before whoever has not; then the smaller rank, then the name. */
export const goesBefore = (one: Standing, other: Standing): boolean => {
  if (one.hasGateway !== other.hasGateway) return one.hasGateway;
  if (one.rank !== other.rank) return one.rank < other.rank;
  return one.node < other.node;
};

export const ownStanding = (state: ElectionState, now: number): Standing => ({
  node: state.settings.node,
  rank: state.settings.rank,
  hasGateway: hasGateway(state, now),
});

/** Nobody who lives and could serve goes before this node. */
export const isFirst = (state: ElectionState, now: number): boolean => {
  const own = ownStanding(state, now);
  return liveOthers(state, now).every((other) => !other.canServe || goesBefore(own, other));
};

/** Of those who live and could serve, the one to hand over to. */
export const bestOther = (state: ElectionState, now: number): Heartbeat | undefined =>
  liveOthers(state, now)
    .filter(({ canServe }) => canServe)
    .toSorted((one, other) => (goesBefore(one, other) ? -1 : 1))
    .at(0);
