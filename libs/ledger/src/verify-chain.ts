import type { SealedCommit } from '@evenkeel/contracts';
import { accept, refuse, type Result } from '@evenkeel/kernel';
import { type Sha256, tailAfter } from './seal.ts';
import type { Tail } from './tail.ts';

/** What is wrong with the commit that should have been `revision`. `said` is what stands there, `right` what should. */
export type ChainFault = {
  readonly kind: 'wrong-hash' | 'wrong-log' | 'wrong-revision' | 'wrong-previous-hash';
  readonly revision: number;
  readonly said: string;
  readonly right: string;
};

/**
 * Walks commits, oldest first, that should continue `from`, and answers the tail after the last, or the first fault.
 * It finds any changed byte, and any commit that was dropped, doubled, swapped or brought in from another log. It cannot
 * find a cut tail, nor a history that was rewritten and sealed again as a whole.
 * Each `commit` must be what `unseal` read from the body.
 */
export const verifyChain = (sealed: Iterable<SealedCommit>, from: Tail, sha256: Sha256): Result<Tail, ChainFault> => {
  let tail = from;
  for (const next of sealed) {
    const fault = faultOf(next, tail, sha256);
    if (fault !== undefined) return refuse(fault);
    tail = tailAfter(next);
  }
  return accept(tail);
};

const faultOf = ({ commit, body, hash }: SealedCommit, tail: Tail, sha256: Sha256): ChainFault | undefined => {
  const revision = tail.revision + 1;
  const claims = [
    ['wrong-hash', hash, sha256(body)],
    ['wrong-log', commit.log, tail.log],
    ['wrong-revision', commit.revision, revision],
    ['wrong-previous-hash', commit.previousHash, tail.hash],
  ] as const;
  const wrong = claims.find(([, said, right]) => said !== right);
  if (wrong === undefined) return undefined;
  const [kind, said, right] = wrong;
  return { kind, revision, said: String(said), right: String(right) };
};
