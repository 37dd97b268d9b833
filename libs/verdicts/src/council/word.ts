import type { CouncilWord, VerdictState } from '@evenkeel/contracts';
import { cameBack } from '../return.ts';
import type { TargetVerdict } from '../target-verdict.ts';

/** The word after a judgement: one change more when it says something else. */
export const wordAfter = (
  before: CouncilWord | undefined,
  {
    state,
    reason,
    detail,
    since,
    backSince,
  }: Pick<TargetVerdict, 'state' | 'reason' | 'detail' | 'since' | 'backSince'>,
): CouncilWord => {
  const word = { state, reason, detail, since, ...cameBack(backSince) };
  if (before === undefined) return { ...word, changes: 0 };
  const isSame = before.state === state && before.reason === reason;
  return isSame ? before : { ...word, changes: before.changes + 1 };
};

/** Whether `word` is newer than `known`. Two that changed as often were said at once: then everybody takes the same. */
export const isNewer = (word: CouncilWord, known: CouncilWord | undefined): boolean => {
  if (known === undefined) return true;
  if (word.changes !== known.changes) return word.changes > known.changes;
  return inDoubt.indexOf(word.state) < inDoubt.indexOf(known.state);
};

/** A server that may serve had better serve. */
const inDoubt: readonly VerdictState[] = ['up', 'unknown', 'down'];
