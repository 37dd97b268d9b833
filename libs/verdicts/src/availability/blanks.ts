import type { JournalEntry } from '@evenkeel/contracts';
import type { Period } from './timeline.ts';

/** Checkers tell every second that they are there. */
const silentAfterMs = 10_000;

/** What journal entries say of times that nobody can say anything about. */
export const blanksIn = (entries: readonly JournalEntry[]): Period[] =>
  entries.flatMap((entry) => {
    if (entry.kind === 'checks-resumed') {
      return { fromMs: Date.parse(entry.silentSince), toMs: Date.parse(entry.time) };
    }
    if (entry.kind !== 'records-lost' || !isAboutVerdicts(entry.kinds)) return [];
    return { fromMs: Date.parse(entry.from), toMs: Date.parse(entry.to) + 1 };
  });

/** Who does not say what was lost may have lost anything. */
const isAboutVerdicts = (kinds: readonly string[] | undefined): boolean =>
  kinds === undefined || kinds.includes('verdict-changed') || kinds.includes('checks-resumed');

/** The silence that lasts, by the last signs of life of all checkers. Without any nobody has ever checked. */
export const silenceNow = (beatsMs: Iterable<number>, nowMs: number): Period[] => {
  const lastMs = Math.max(-Infinity, ...beatsMs);
  return nowMs - lastMs > silentAfterMs ? [{ fromMs: lastMs, toMs: Infinity }] : [];
};
