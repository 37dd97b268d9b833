import { hasGateway, liveOthers } from './evidence.ts';
import type { Heartbeat } from './heartbeat.ts';
import type { ElectionState, Member } from './state.ts';

/** What decides who is preferred. */
export type Standing = Member & { readonly hasGateway: boolean };

/** The smaller rank is preferred, and of two that are alike the name that comes first. */
export const outranks = (one: Member, other: Member): boolean =>
  one.rank === other.rank ? one.node < other.node : one.rank < other.rank;

/** Whoever has the gateway goes before whoever has not; then the rank decides. */
export const goesBefore = (one: Standing, other: Standing): boolean =>
  one.hasGateway === other.hasGateway ? outranks(one, other) : one.hasGateway;

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
