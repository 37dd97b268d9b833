import type { Lane } from './changes.ts';
import type { Acknowledged } from './scribe.ts';

/** So many turns in all, for whoever comes: true as long as there is one left. */
export const turns = (count: number): (() => boolean) => {
  let left = count;
  return () => (left -= 1) >= 0;
};

/** Takes turns until there are none left, or one fails, and then ends the lane. */
export const take = async (
  lane: Lane,
  hasTurn: () => boolean,
  pause: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Acknowledged[]> => {
  const acknowledged: Acknowledged[] = [];
  try {
    for (let turn = 1; hasTurn(); turn += 1) {
      acknowledged.push(await lane.next(`fault suite, turn ${turn}`));
      await pause();
    }
  } finally {
    await lane.end();
  }
  return acknowledged;
};
