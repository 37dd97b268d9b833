import { type Cluster, type ClusterFollower, toSnapshot } from '@evenkeel/cluster';
import type {
  JournalNews,
  Layer4Ability,
  NodeReport,
  RealServerId,
  RulingVerdicts,
  VerdictState,
} from '@evenkeel/contracts';
import {
  newsOfRound,
  type NodeFacts,
  type Picture,
  type Reconciler,
  type Round,
  SlowStarts,
} from '@evenkeel/data-plane';
import type { Clock } from '@evenkeel/kernel';
import type { LastServed } from './last-good.ts';

type States = ReadonlyMap<RealServerId, VerdictState>;
/** What was seen running, and the verdicts that it was made with. */
export type Served = { readonly cluster: Cluster; readonly verdicts: States };

/** What a worker needs around it. */
export type WorkerParts = {
  readonly node: NodeFacts;
  /** One run of this process. */
  readonly run: string;
  readonly version: string;
  readonly follower: Pick<ClusterFollower, 'current'>;
  /** What this node goes by. The same map means the same verdicts. */
  readonly verdicts: () => States;
  /** When a real server was last seen to come back from `down`. */
  readonly backSince: (id: RealServerId) => string | undefined;
  /** Whose verdicts these are. */
  readonly ruling: () => RulingVerdicts;
  readonly reconciler: Pick<Reconciler, 'reconcileOnce' | 'sweep'>;
  readonly layer4: () => Layer4Ability;
  readonly haproxy: () => NodeReport['haproxy'];
  /** Best effort: reports are repeated. */
  readonly publish: (report: NodeReport) => void;
  /** Told of what belongs into the journal. */
  readonly onNews: (news: JournalNews) => void;
  readonly sweepMs: number;
  readonly clock: Clock;
};

/** Data planes could not be reached, or broke off. What they said is in the report as well. */
export class RoundFailed extends Error {
  override readonly name = 'RoundFailed';

  constructor(failures: readonly unknown[]) {
    const words = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
    super(words.join('; '), { cause: failures });
  }
}

/** One node: makes its data plane match the book and the verdicts, and says what it has seen. One round at a time. */
export class Worker {
  private readonly slowStarts = new SlowStarts();
  private sequence = 0;
  private sweptAtMs = -Infinity;
  private last: Round | undefined;
  private reported: NodeReport | undefined;
  private failure: RoundFailed | undefined;
  private served: Served | undefined;
  private driftRepairs = 0;
  private hasLeft = false;

  constructor(private readonly parts: WorkerParts) {}

  /** Throws `RoundFailed` after the round was reported; call again then, after a pause. */
  async round(): Promise<void> {
    const cluster = this.parts.follower.current();
    if (cluster === undefined) return; // a new node, still reading: leave the data plane as it is
    const verdicts = this.parts.verdicts();
    const warming = this.slowStarts.at(cluster, verdicts, this.parts.backSince, this.parts.clock.nowMs());
    const reconciled = await this.reconcile({ cluster, verdicts, node: this.parts.node, warming });
    this.driftRepairs += reconciled.repairs?.length ?? 0;
    this.reported = this.report(reconciled);
    if (!this.hasLeft) this.parts.publish(this.reported);
    newsOfRound(this.last, reconciled, cluster).forEach(this.parts.onNews);
    this.last = reconciled;
    if (reconciled.observed === cluster.revision) this.remember(cluster, verdicts);
    this.failure = reconciled.failures.length === 0 ? undefined : new RoundFailed(reconciled.failures);
    if (this.failure !== undefined) throw this.failure;
  }

  /** Says that this node stops on purpose. A round that is under way reports no more. */
  leave(): void {
    this.hasLeft = true;
    if (this.reported === undefined) return;
    this.sequence += 1;
    this.parts.publish({ ...this.reported, sequence: this.sequence, leaving: true });
  }

  /** Undefined before the first round. */
  lastReport(): NodeReport | undefined {
    return this.reported;
  }

  /** Why the last round did not come to its end; undefined when it did. */
  lastFailure(): RoundFailed | undefined {
    return this.failure;
  }

  /** What was last seen running: enough to start from with nobody else there. The same object until it changes. */
  lastServed(): Served | undefined {
    return this.served;
  }

  private remember(cluster: Cluster, verdicts: States): void {
    const isSame = this.served?.cluster === cluster && this.served.verdicts === verdicts;
    if (!isSame) this.served = { cluster, verdicts };
  }

  private async reconcile(picture: Picture): Promise<Round> {
    const nowMs = this.parts.clock.monotonicMs();
    if (nowMs - this.sweptAtMs < this.parts.sweepMs) return this.parts.reconciler.reconcileOnce(picture);
    const swept = await this.parts.reconciler.sweep(picture);
    this.sweptAtMs = nowMs;
    return swept;
  }

  private report(round: Round): NodeReport {
    const { received, observed, configurationHash, method, durationMs } = round;
    const { finishing, rejection, validated, applied, failing } = round;
    this.sequence += 1;
    const haproxy = this.parts.haproxy();
    return {
      received,
      observed,
      configurationHash,
      method,
      durationMs,
      waitingFor: [...round.waitingFor],
      reloadReasons: [...round.reloadReasons],
      ...(finishing === undefined ? {} : { finishing }),
      ...(rejection === undefined ? {} : { rejection }),
      ...(validated === undefined ? {} : { validated }),
      ...(applied === undefined ? {} : { applied }),
      ...(failing === undefined ? {} : { failing }),
      driftRepairs: this.driftRepairs,
      node: this.parts.node.name,
      peers: this.parts.node.peers.map(({ name }) => name).filter((name) => name !== this.parts.node.name),
      sequence: this.sequence,
      run: this.parts.run,
      time: new Date(this.parts.clock.nowMs()).toISOString(),
      layer4: this.parts.layer4(),
      verdicts: this.parts.ruling(),
      ...(haproxy === undefined ? {} : { haproxy }),
      version: this.parts.version,
    };
  }
}

/** The part of what goes to disk that a worker knows. */
export const toLastServed = ({ cluster, verdicts }: Served): Pick<LastServed, 'snapshot' | 'verdicts'> => ({
  snapshot: toSnapshot(cluster),
  verdicts: [...verdicts],
});
