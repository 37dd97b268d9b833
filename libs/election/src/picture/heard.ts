import type { HaNode, HaStatus } from '@evenkeel/contracts';

/** What a node said, and how long ago it was heard. */
export type HeardStatus = { readonly status: HaStatus; readonly ageMs: number };

/** Statuses come every second; three are missing. */
export const silentAfterMs = 3_000;

export const nodeOf = ({ status, ageMs }: HeardStatus): HaNode => ({
  ...status,
  ageMs: Math.round(ageMs),
  state: status.leaving === true ? 'left' : ageMs >= silentAfterMs ? 'silent' : 'live',
});

export const isLive = ({ state }: HaNode): boolean => state === 'live';
