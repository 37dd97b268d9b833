import type { CouncilWord, VerdictState } from '@evenkeel/contracts';
import type { TargetVerdict } from '../target-verdict.ts';

/** The word after a judgement: one change more when it says something else. */
export const wordAfter = (
  before: CouncilWord | undefined,
  { state, reason, detail, since }: Pick<TargetVerdict, 'state' | 'reason' | 'detail' | 'since'>,
): CouncilWord => {
  if (before === undefined) return { state, reason, detail, since, changes: 0 };
  const isSame = before.state === state && before.reason === reason;
  return isSame ? before : { state, reason, detail, since, changes: before.changes + 1 };
};

/** Whether `word` is newer than `known`. Two that changed as often were said at once: then everybody takes the same. */
export const isNewer = (word: CouncilWord, known: CouncilWord | undefined): boolean => {
  if (known === undefined) return true;
  if (word.changes !== known.changes) return word.changes > known.changes;
  return inDoubt.indexOf(word.state) < inDoubt.indexOf(known.state);
};

/** A server that may serve had better serve. */
const inDoubt: readonly VerdictState[] = ['up', 'unknown', 'down'];
