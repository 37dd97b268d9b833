import type { Commit, CommitDraft, Hash, Revision, SealedCommit } from '@evenkeel/contracts';
import { canonicalJson } from './canonical-json.ts';
import type { Tail } from './tail.ts';

/** SHA-256 over the UTF-8 bytes of a text, as 64 hexadecimal digits. Given by the caller: rules have no `node:crypto`. */
export type Sha256 = (text: string) => string;

/** Gives a draft its place after `tail`: the next revision, the previous hash, and the hash over the exact text. */
export const seal = (draft: CommitDraft, tail: Tail, sha256: Sha256): SealedCommit => {
  const commit: Commit = {
    ...draft,
    format: 1,
    log: tail.log,
    revision: (tail.revision + 1) as Revision,
    previousHash: tail.hash,
  };
  const body = canonicalJson(commit);
  return { commit, body, hash: sha256(body) as Hash };
};

/** The end of the log after `sealed`. */
export const tailAfter = ({ commit: { log, revision }, hash }: SealedCommit): Tail => ({ log, revision, hash });
