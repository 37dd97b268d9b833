import type { Journal } from '@evenkeel/bus';
import type { EventKind } from '@evenkeel/contracts';
import { frame } from './frame.ts';
import type { Place } from './place.ts';
import type { ToldFeed } from './told-feed.ts';

/** Whoever has missed more is quicker when they read everything anew. */
const missedMax = 1_000;

export type Sources = { readonly feed: ToldFeed; readonly journal: Pick<Journal, 'extent' | 'between'> };

/**
 * The facts after `from` up to `upTo`, written out; undefined when they cannot be told without a gap: too many, expired, of
 * another journal, or nobody is there to ask.
 */
export const missedBetween = async (
  kinds: ReadonlySet<EventKind>,
  from: Place,
  upTo: Place,
  sources: Sources,
): Promise<readonly string[] | undefined> => {
  const [commits, entries] = [upTo.revision - from.revision, upTo.sequence - from.sequence];
  if (from.incarnation !== upTo.incarnation || commits < 0 || entries < 0) return undefined;
  if (commits > missedMax || entries > missedMax) return undefined;
  try {
    const told = kinds.has('commit') ? await missedCommits(from, upTo, sources) : [];
    const noted = kinds.has('journal') ? await missedEntries(from, upTo, sources) : [];
    return told === undefined || noted === undefined ? undefined : [...told, ...noted];
  } catch {
    return undefined; // the reader starts anew, and sees for itself what is there
  }
};

const missedCommits = async (from: Place, upTo: Place, { feed }: Sources): Promise<readonly string[] | undefined> => {
  const frames: string[] = [];
  for await (const page of feed.readAside(from.revision, upTo.revision)) {
    for (const { commit, hash } of page) {
      frames.push(frame('commit', { ...commit, hash }, { ...from, revision: commit.revision }));
    }
  }
  return frames.length === upTo.revision - from.revision ? frames : undefined;
};

/** A record of a kind that this gateway does not know is left out, as it is everywhere else. */
const missedEntries = async (
  from: Place,
  upTo: Place,
  { journal }: Sources,
): Promise<readonly string[] | undefined> => {
  if (upTo.sequence === from.sequence) return [];
  const { first } = await journal.extent();
  if (from.sequence + 1 < first) return undefined;
  const entries = await journal.between(from.sequence + 1, upTo.sequence);
  return entries.map((entry) => frame('journal', entry, { ...upTo, sequence: entry.sequence }));
};
