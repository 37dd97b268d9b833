import { decide, type Cluster, lintChange, touched } from '@evenkeel/cluster';
import type {
  ClusterCommand,
  ClusterRefusal,
  DuplicateReview,
  LintFinding,
  RealServerId,
  Verdict,
  VirtualServiceId,
} from '@evenkeel/contracts';
import { accept, type Result } from '@evenkeel/kernel';
import type { Decision, Wish } from '@evenkeel/ledger';

/** What a caller is told besides the events. */
export type Remarks = { readonly review?: DuplicateReview; readonly lint: readonly LintFinding[] };

export type Surroundings = {
  readonly verdicts: () => ReadonlyMap<RealServerId, Verdict>;
  readonly newId: () => string;
  readonly reservedPorts: ReadonlyMap<number, string>;
};

export type DecideWish = (
  cluster: Cluster,
  wish: Wish<ClusterCommand>,
) => Result<Decision<Cluster, Remarks>, ClusterRefusal>;

/** The rules of the cluster in the form that the writer of a log wants. */
export const decideWish =
  ({ verdicts, newId, reservedPorts }: Surroundings): DecideWish =>
  (cluster, { command, reason, ifMatch }) => {
    const known = verdicts();
    const decided = decide(cluster, command, {
      verdictOf: (id) => known.get(id)?.state ?? 'unknown',
      newVirtualServiceId: () => newId() as VirtualServiceId,
      newRealServerId: () => newId() as RealServerId,
      reservedPorts,
      hasReason: reason !== undefined,
      ...(ifMatch === undefined ? {} : { ifMatch }),
    });
    if (!decided.ok) return decided;
    const { events, review } = decided.value;
    const entities = touched(cluster, events);
    const remarks = (after: Cluster): Remarks => ({
      ...(review === undefined ? {} : { review }),
      lint: lintChange(cluster, after, entities),
    });
    return accept({ events, entities, extra: remarks });
  };
