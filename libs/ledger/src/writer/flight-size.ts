import type { SealedCommit } from '@evenkeel/contracts';

export type FlightLimits = {
  /** Wishes that are stored together. */
  readonly groupMax: number;
  /** Their commits are no longer than this together, in characters, unless a single one is. */
  readonly groupCharactersMax: number;
};

const crowd = 32;

/**
 * How many of `ready` go next. A crowd goes in halves: while the log stores one half, the callers of the other are
 * answered and their next wishes decided. Without this, log and writer would wait for each other in turns.
 */
export const flightSize = (
  ready: readonly { readonly sealed: SealedCommit | undefined }[],
  { groupMax, groupCharactersMax }: FlightLimits,
): number => {
  const half = ready.length > crowd ? Math.ceil(ready.length / 2) : ready.length;
  const most = Math.min(half, groupMax);
  let characters = 0;
  const tooLong = ready.slice(0, most).findIndex(({ sealed }) => {
    characters += sealed?.body.length ?? 0;
    return characters > groupCharactersMax;
  });
  return tooLong === -1 ? most : Math.max(1, tooLong);
};
