import { type JournalNews, journalWordsMax } from '@evenkeel/contracts';
import { inOneLine } from '@evenkeel/data-plane';
import type { HaproxyIncident } from '@evenkeel/haproxy';

/** What belongs into the journal about an incident: its end, which tells of all of it. */
export const restartNews = (incident: HaproxyIncident): JournalNews | undefined => {
  if (incident.kind !== 'started-again') return undefined;
  const { downMs, failedStarts, words } = incident;
  const tries = failedStarts === 0 ? '' : `, after ${failedStarts} failed starts, the last because ${words ?? ''}`;
  return {
    kind: 'haproxy-restarted',
    sentence: inOneLine(`HAProxy had ended and was started again ${Math.round(downMs)} ms later${tries}`),
    entities: [],
    downMs,
    failedStarts,
    ...(words === undefined ? {} : { words: words.slice(0, journalWordsMax) }),
  };
};
