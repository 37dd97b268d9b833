import type { Commit, CommitOnWire, SealedCommit } from '@evenkeel/contracts';

/** A stored or received text that is no commit which this version can read. */
export class UnreadableCommit extends Error {
  override readonly name = 'UnreadableCommit';

  constructor({ body, hash }: CommitOnWire, cause?: unknown) {
    super(`the commit with hash ${hash} cannot be read: ${body.slice(0, 200)}`, { cause });
  }
}

/**
 * Reads a commit back from its exact text. Nothing but the format is looked at: the hash, once checked by `verifyChain`,
 * says that one of us wrote the text, and checking every field of a whole history would double the time of a rebuild.
 * Throws `UnreadableCommit`.
 */
export const unseal = (onWire: CommitOnWire): SealedCommit => {
  const commit = parsed(onWire);
  if (commit?.format !== 1) throw new UnreadableCommit(onWire);
  return { commit, body: onWire.body, hash: onWire.hash };
};

const parsed = (onWire: CommitOnWire): Commit | null => {
  try {
    return JSON.parse(onWire.body) as Commit | null;
  } catch (cause) {
    throw new UnreadableCommit(onWire, cause);
  }
};
