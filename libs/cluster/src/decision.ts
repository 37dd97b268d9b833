import type {
  ChangeSummary,
  ClusterCommand,
  ClusterCommandOf,
  ClusterEvent,
  ClusterRefusal,
  Commit,
  DuplicateReview,
  RealServerId,
  Revision,
  VerdictState,
  VirtualServiceId,
} from '@evenkeel/contracts';
import { accept, type Result } from '@evenkeel/kernel';
import type { Cluster } from './state/cluster.ts';

/** The facts that make a wish true; none when it is true already. */
export type Decision = {
  readonly events: readonly ClusterEvent[];
  /** What a duplicate took from its source without being told. */
  readonly review?: DuplicateReview;
  /** What a wish about many things does to each. */
  readonly summary?: ChangeSummary;
};

export type Decided = Result<Decision, ClusterRefusal>;

/** What the book holds about a commit that somebody wants to revert. History does not change, so it cannot be stale. */
export type History = {
  readonly commit: Pick<Commit, 'revision' | 'events'>;
  /** The cluster right before it. */
  readonly before: Cluster;
  /** Commits after it that touched any of the same things, oldest first, as far as they were known when it was read. */
  readonly later: readonly Pick<Commit, 'revision' | 'entities'>[];
};

/** What a decision needs to know besides the cluster. */
export type DecisionContext = {
  /** `unknown` for a real server that nobody has judged. */
  readonly verdictOf: (id: RealServerId) => VerdictState;
  readonly newVirtualServiceId: () => VirtualServiceId;
  readonly newRealServerId: () => RealServerId;
  /** Wall-clock time, in milliseconds since 1970. */
  readonly nowMs: number;
  /** Ports that Evenkeel itself listens on, with what for. */
  readonly reservedPorts: ReadonlyMap<number, string>;
  /** Whether the commit would say why. */
  readonly hasReason: boolean;
  readonly hasTicket: boolean;
  /** The name of this cluster. */
  readonly clusterName: string;
  /** The commit that `RevertCommit` names; undefined when the book has none with that revision. */
  readonly history?: History;
  /** Decide only if the entity that the command names still has this version. */
  readonly ifMatch?: Revision;
};

/** How one kind of command is decided. */
export type Decide<Kind extends ClusterCommand['kind']> = (
  cluster: Cluster,
  command: ClusterCommandOf<Kind>,
  context: DecisionContext,
) => Decided;

export const decided = (...events: readonly ClusterEvent[]): Decided => accept({ events });
