import type { CommitLog } from '@evenkeel/commit-log';
import { emptyCluster, evolve, fromSnapshot, type History, toSnapshot, type Cluster } from '@evenkeel/cluster';
import type {
  CommitsPage,
  FindCommits,
  FoundCommits,
  LogName,
  MaterialAnswer,
  MaterialKept,
  ReadCommits,
  ReadSnapshot,
  ReadState,
  Revision,
  SealedMaterial,
  SnapshotAnswer,
  StateAnswer,
  TokenAnswer,
} from '@evenkeel/contracts';
import { unseal } from '@evenkeel/ledger';

/** An answer on the bus must fit into one message (8 MiB), quotes and all. */
const pageBytesMax = 3_000_000;
const foldPage = 2_000;
/** So many later commits name everything that somebody has to look at. */
const laterMax = 500;

/** What can be asked of the book without changing it, and what is kept beside it. Everything throws when Postgres is away. */
export class Archive {
  constructor(private readonly log: CommitLog) {}

  /** Before a commit names it. Safe to repeat. */
  async keepMaterial(material: SealedMaterial): Promise<MaterialKept> {
    await this.log.keepMaterial(material);
    return { kept: true };
  }

  async material(material: string): Promise<MaterialAnswer> {
    return { sealed: (await this.log.readMaterial(material)) ?? null };
  }

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

  /** What taking back a commit needs to know; undefined when there is no commit with that revision. */
  async history(log: LogName, revision: Revision): Promise<History | undefined> {
    const { revision: head } = await this.log.head(log);
    if (revision < 1 || revision > head) return undefined;
    const previous = (revision - 1) as Revision;
    const before = await this.clusterAt(log, previous);
    const { commits } = await this.log.readPage({ log, after: previous, limit: 1, bytesMax: pageBytesMax });
    const [commit] = commits.map((one) => unseal(one).commit);
    if (commit === undefined) return undefined;
    const later = await this.log.find({ log, after: revision, anyEntity: commit.entities, limit: laterMax });
    return { commit, before, later: later.map((one) => unseal(one).commit).toReversed() };
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
