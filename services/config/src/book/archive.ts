import type { CommitLog } from '@evenkeel/commit-log';
import { emptyCluster, evolve, fromSnapshot, toSnapshot, type Cluster } from '@evenkeel/cluster';
import type {
  CommitsPage,
  FindCommits,
  FoundCommits,
  LogName,
  ReadCommits,
  ReadSnapshot,
  ReadState,
  Revision,
  SnapshotAnswer,
  StateAnswer,
  TokenAnswer,
} from '@evenkeel/contracts';
import { unseal } from '@evenkeel/ledger';

/** An answer on the bus must fit into one message (8 MiB), quotes and all. */
const pageBytesMax = 3_000_000;
const foldPage = 2_000;

/** What can be asked of the book without changing it. Everything throws when Postgres is away. */
export class Archive {
  constructor(private readonly log: CommitLog) {}

  commits(request: ReadCommits): Promise<CommitsPage> {
    return this.log.readPage({ ...request, bytesMax: pageBytesMax });
  }

  async find(request: FindCommits): Promise<FoundCommits> {
    const found = await this.log.find(request);
    return { commits: found.map(unseal).map(({ commit, hash }) => ({ ...commit, hash })) };
  }

  async snapshot({ log, atMost }: ReadSnapshot): Promise<SnapshotAnswer> {
    return { snapshot: (await this.log.latestSnapshot(log, atMost)) ?? null };
  }

  /** The state is folded anew from the last snapshot before it: what was, not what is remembered. */
  async state({ log, at }: ReadState): Promise<StateAnswer> {
    const { revision: head } = await this.log.head(log);
    const revision = 'revision' in at ? at.revision : await this.log.revisionAt(log, at.time);
    if (revision > head) return { ok: false, refusal: { kind: 'unknown-revision', head } };
    return { ok: true, value: toSnapshot(await this.clusterAt(log, revision)) };
  }

  async token(id: string): Promise<TokenAnswer> {
    return { token: (await this.log.readToken(id)) ?? null };
  }

  private async clusterAt(log: LogName, revision: Revision): Promise<Cluster> {
    const snapshot = await this.log.latestSnapshot(log, revision);
    let cluster = snapshot === undefined ? emptyCluster : fromSnapshot(snapshot);
    while (cluster.revision < revision) {
      const limit = Math.min(foldPage, revision - cluster.revision);
      const { commits } = await this.log.readPage({ log, after: cluster.revision, limit, bytesMax: pageBytesMax });
      cluster = commits.map(unseal).reduce((state, { commit, hash }) => evolve(state, commit, hash), cluster);
    }
    return cluster;
  }
}
