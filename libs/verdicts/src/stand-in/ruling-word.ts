import type { Verdict } from '@evenkeel/contracts';
import type { LastWord } from './last-word.ts';

/**
 * What a node goes by while the checkers are silent: the last word, until its own checks have proved otherwise. They take
 * out who does not answer, and bring back who was asked and answers. What the book alone decides (no check) rules.
 */
export const rulingWord = (last: LastWord | undefined, own: Verdict | undefined): LastWord | Verdict | undefined => {
  if (own === undefined) return last;
  if (own.reason === 'not-checked' || own.reason === 'followed') return own;
  const wasDown = last?.state === 'down';
  return own.state === (wasDown ? 'up' : 'down') ? own : last;
};
