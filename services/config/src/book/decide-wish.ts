import { decide, type Cluster, type DecisionContext, type History, lintChange, touched } from '@evenkeel/cluster';
import type {
  ChangeSummary,
  ClusterCommand,
  ClusterName,
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
export type Remarks = {
  readonly review?: DuplicateReview;
  readonly summary?: ChangeSummary;
  readonly lint: readonly LintFinding[];
};

export type Surroundings = {
  readonly clusterName: ClusterName;
  readonly verdicts: () => ReadonlyMap<RealServerId, Verdict>;
  readonly newId: () => string;
  /** Wall-clock time. */
  readonly nowMs: () => number;
  readonly reservedPorts: ReadonlyMap<number, string>;
  /** What was read from the book for this very command; undefined for one that needs nothing or found nothing. */
  readonly historyOf: (command: ClusterCommand) => History | undefined;
};

export type DecideWish = (
  cluster: Cluster,
  wish: Wish<ClusterCommand>,
) => Result<Decision<Cluster, Remarks>, ClusterRefusal>;

/** What a decision needs to know of a wish and of what is around it. */
export const contextOf = (
  { clusterName, verdicts, newId, nowMs, reservedPorts, historyOf }: Surroundings,
  {
    command,
    actor,
    reason,
    ticket,
    ifMatch,
  }: Pick<Wish<ClusterCommand>, 'command' | 'actor' | 'reason' | 'ticket' | 'ifMatch'>,
): DecisionContext => {
  const known = verdicts();
  const history = historyOf(command);
  return {
    verdictOf: (id) => known.get(id)?.state ?? 'unknown',
    newVirtualServiceId: () => newId() as VirtualServiceId,
    newRealServerId: () => newId() as RealServerId,
    nowMs: nowMs(),
    reservedPorts,
    hasReason: reason !== undefined,
    hasTicket: ticket !== undefined || actor.kind === 'system', // what a process does, somebody has ordered before
    clusterName,
    ...(history === undefined ? {} : { history }),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  };
};

/** The rules of the cluster in the form that the writer of a log wants. */
export const decideWish =
  (surroundings: Surroundings): DecideWish =>
  (cluster, wish) => {
    const decided = decide(cluster, wish.command, contextOf(surroundings, wish));
    if (!decided.ok) return decided;
    const { events, review, summary } = decided.value;
    const entities = touched(cluster, events);
    const remarks = (after: Cluster): Remarks => ({
      ...(review === undefined ? {} : { review }),
      ...(summary === undefined ? {} : { summary }),
      lint: lintChange(cluster, after, entities),
    });
    return accept({ events, entities, extra: remarks });
  };
