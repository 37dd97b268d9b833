import { type ClusterCommand, noHash, type RealServerId, type Revision, type SealedCommit } from '@evenkeel/contracts';
import { aCommit, anActor, countingIds } from '@evenkeel/testing';
import { type Cluster, decide, type DecisionContext, emptyCluster, evolve, touched } from '../src/index.ts';
import { hashOf } from './hash.ts';
import { aContext } from './told.ts';
import { taleBeginsMs, type Wish } from './wishes.ts';

/** What came of some wishes, one of each for every commit; `states` has the empty cluster before them. */
export type Story = {
  readonly commits: readonly SealedCommit[];
  readonly states: readonly Cluster[];
  readonly asked: readonly { readonly wish: Wish; readonly command: ClusterCommand }[];
};

export const verdictOf =
  ({ verdicts }: Wish) =>
  (id: RealServerId) =>
    verdicts[Number(id.slice(-4)) % verdicts.length] ?? 'unknown';

/** What a wish is decided with: its verdicts, its reason, and the history of the commit that it wants to revert. */
export const contextOf = (
  wish: Wish,
  command: ClusterCommand,
  { commits, states }: Pick<Story, 'commits' | 'states'>,
  ids = countingIds(),
): DecisionContext => {
  const { hasReason } = wish;
  const reverted = command.kind === 'RevertCommit' ? commits[command.revision - 1] : undefined;
  const before = states[(reverted?.commit.revision ?? 0) - 1];
  const later = commits.slice(reverted?.commit.revision).map(({ commit }) => commit);
  const history = reverted === undefined || before === undefined ? {} : { history: { ...reverted, before, later } };
  const nowMs = timeOf(commits.length);
  return aContext({ ...ids, nowMs, verdictOf: verdictOf(wish), hasReason, hasTicket: hasReason, ...history });
};

/** Each commit takes a second. */
const timeOf = (nth: number): number => taleBeginsMs + nth * 1_000;

/** Decides each wish on what the accepted ones before it made, and keeps every commit and every state. */
export const live = (told: readonly Wish[]): Story => {
  const commits: SealedCommit[] = [];
  const states: Cluster[] = [emptyCluster];
  const asked: Story['asked'][number][] = [];
  const ids = countingIds();
  for (const wish of told) {
    const cluster = states.at(-1) ?? emptyCluster;
    const command = wish.command(cluster);
    const decided = decide(cluster, command, contextOf(wish, command, { commits, states }, ids));
    if (!decided.ok || decided.value.events.length === 0) continue;
    const commit = aCommit({
      revision: (commits.length + 1) as Revision,
      previousHash: commits.at(-1)?.hash ?? noHash,
      time: new Date(timeOf(commits.length)).toISOString(),
      actor: anActor({ name: `operator-${commits.length % 3}` }),
      events: [...decided.value.events],
      entities: touched(cluster, decided.value.events),
      ...(wish.hasReason ? { reason: `because ${commits.length}` } : {}),
    });
    const body = JSON.stringify(commit);
    commits.push({ commit, body, hash: hashOf(body) });
    asked.push({ wish, command });
    states.push(evolve(cluster, commit, hashOf(body)));
  }
  return { commits, states, asked };
};
