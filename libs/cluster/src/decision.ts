import type {
  ClusterCommand,
  ClusterCommandOf,
  ClusterEvent,
  ClusterRefusal,
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
};

export type Decided = Result<Decision, ClusterRefusal>;

/** What a decision needs to know besides the cluster. */
export type DecisionContext = {
  /** `unknown` for a real server that nobody has judged. */
  readonly verdictOf: (id: RealServerId) => VerdictState;
  readonly newVirtualServiceId: () => VirtualServiceId;
  readonly newRealServerId: () => RealServerId;
  /** Ports that Evenkeel itself listens on, with what for. */
  readonly reservedPorts: ReadonlyMap<number, string>;
  /** Whether the commit would say why. */
  readonly hasReason: boolean;
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
