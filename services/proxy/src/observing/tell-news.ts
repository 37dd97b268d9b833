import type { JournalNews } from '@evenkeel/contracts';
import type { Log } from '@evenkeel/telemetry';
import type { NodeCounters } from './node-counters.ts';

/** What goes into the journal is counted and in the log as well, loud when a person may have to act on it. */
export const tellNews = (news: JournalNews, log: Log, counters: Pick<NodeCounters, 'repaired'>): void => {
  if (news.kind === 'drift-repaired') counters.repaired(news.foundInAll);
  const isLoud = news.kind === 'drift-repaired' || news.kind === 'rejected';
  log[isLoud ? 'warn' : 'info'](`${news.kind}: ${news.sentence}`);
};
