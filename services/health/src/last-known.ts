import type { VerdictNews } from '@evenkeel/bus';
import type { Verdict } from '@evenkeel/contracts';

/** What checkers have left in the bucket: the verdicts, and when each checker was last alive. */
export type LastKnown = { readonly verdicts: readonly Verdict[]; readonly beatsMs: ReadonlyMap<string, number> };

/** The bucket ended before it had told everything; ask again. */
export class CutShort extends Error {
  override readonly name = 'CutShort';

  constructor() {
    super('the verdict bucket ended before everything in it was read');
  }
}

/** Reads until everything is known that was there. Throws `CutShort`, and what the bucket throws. */
export const readLastKnown = async (news: AsyncIterable<VerdictNews>): Promise<LastKnown> => {
  const verdicts = new Map<string, Verdict>();
  const beatsMs = new Map<string, number>();
  for await (const one of news) {
    if (one.kind === 'caught-up') return { verdicts: [...verdicts.values()], beatsMs };
    if (one.kind === 'verdict') verdicts.set(one.verdict.realServerId, one.verdict);
    else if (one.kind === 'gone') verdicts.delete(one.realServerId);
    else beatsMs.set(one.checker, one.atMs);
  }
  throw new CutShort();
};
