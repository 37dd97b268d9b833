import type { AvailabilityShares } from '@evenkeel/contracts';
import type { Timeline } from './timeline.ts';

/** How much of its time a timeline is in which state. */
export const sharesOf = (timeline: Timeline): AvailabilityShares => {
  const [upMs, downMs, unknownMs] = (['up', 'down', 'unknown'] as const).map((state) =>
    timeline.reduce((sum, stretch) => sum + (stretch.state === state ? stretch.toMs - stretch.fromMs : 0), 0),
  ) as [number, number, number];
  const outages = timeline.filter(({ state }) => state === 'down');
  return {
    upMs,
    downMs,
    unknownMs,
    availability: upMs + downMs === 0 ? null : upMs / (upMs + downMs),
    outages: outages.length,
    longestOutageMs: outages.reduce((longest, { fromMs, toMs }) => Math.max(longest, toMs - fromMs), 0),
  };
};
