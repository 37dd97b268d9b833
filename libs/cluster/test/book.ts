import { type ClusterEvent, noHash, type Revision, type SealedCommit } from '@evenkeel/contracts';
import { aCommit } from '@evenkeel/testing';
import { hashOf } from './hash.ts';

/** The commits that hold these batches of events, sealed and chained as the book does it. */
export const sealed = (batches: readonly (readonly ClusterEvent[])[]): SealedCommit[] => {
  const commits: SealedCommit[] = [];
  for (const events of batches) {
    const revision = (commits.length + 1) as Revision;
    const previousHash = commits.at(-1)?.hash ?? noHash;
    const commit = aCommit({ revision, previousHash, events: [...events] });
    const body = JSON.stringify(commit);
    commits.push({ commit, body, hash: hashOf(body) });
  }
  return commits;
};
