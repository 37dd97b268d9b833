import type { NodeChannel, VerdictMirror } from '@evenkeel/bus';
import { type Cluster, type ClusterFollower, type Drains, drainsIn, type Observed } from '@evenkeel/cluster';
import {
  type Checker,
  type Convergence,
  type NodeName,
  type NodeReport,
  type NodeSample,
  noRevision,
  type RealServerId,
  type Revision,
  type Verdict,
} from '@evenkeel/contracts';
import {
  convergenceOf,
  emptyFleet,
  type Fleet,
  forgetTheGone,
  presenceOf,
  takeReport,
  withoutNode,
} from '@evenkeel/data-plane';
import { type Clock, Loop } from '@evenkeel/kernel';
import { problem } from '../problems/problem-exception.ts';

/** A lost feed is taken up again after this time, longer and longer. */
const patience = { sweepMs: 0, retryMinMs: 50, retryMaxMs: 2_000 };

/** Checkers tell every second that they are alive. The same lease as on the nodes. */
const silentAfterMs = 10_000;

/** `sample`: undefined while it has sent none. */
export type LiveNode = { readonly report: NodeReport; readonly sample: NodeSample | undefined };

/** Told of what comes from the bus besides commits, as it comes. */
export type Watcher = {
  readonly report?: (report: NodeReport) => void;
  readonly sample?: (sample: NodeSample) => void;
  /** Whose state has changed; undefined when all were told anew. */
  readonly verdict?: (id: RealServerId | undefined) => void;
};

/**
 * This gateway's own copy of the cluster, the verdicts and what the nodes say, kept up from the bus. Reads are answered
 * from it, so they work while `config` and Postgres are away, and a second gateway misses nothing.
 */
export class ClusterView {
  private reports: Fleet = emptyFleet;
  private readonly sampleByNode = new Map<NodeName, NodeSample>();
  private readonly changes = new EventTarget();
  private readonly watchers = new Set<Watcher>();
  private readonly loops: readonly Loop[];
  private stopListening: (() => void)[] = [];

  constructor(
    private readonly follower: ClusterFollower,
    private readonly verdictMirror: VerdictMirror,
    private readonly nodes: NodeChannel,
    private readonly clock: Clock,
    onFailure: (failure: unknown) => void,
  ) {
    const options = { ...patience, onFailure };
    this.loops = [
      new Loop(() => follower.follow(() => this.changed()), options, clock),
      new Loop(() => verdictMirror.follow((id) => this.takeVerdict(id)), options, clock),
    ];
  }

  /** Starts to follow; resolves at once. */
  start(): void {
    this.stopListening = [
      this.nodes.onReport((report) => this.takeReport(report)),
      this.nodes.onSample((sample) => this.takeSample(sample)),
    ];
    this.nodes.askForReports();
    for (const loop of this.loops) void loop.run();
  }

  stop(): void {
    for (const stop of this.stopListening) stop();
    for (const loop of this.loops) loop.stop();
  }

  /** Returns how to stop. */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  /** The cluster as far as it was read. Throws the problem `starting` before the first catch-up. */
  cluster(): Cluster {
    const cluster = this.follower.current();
    if (cluster === undefined) {
      throw problem(503, 'starting', 'The book has not been read yet.', undefined, { retryAfterSeconds: 1 });
    }
    return cluster;
  }

  isReady(): boolean {
    return this.follower.current() !== undefined;
  }

  verdict(id: RealServerId): Verdict | undefined {
    return this.verdictMirror.current().get(id);
  }

  verdicts(): ReadonlyMap<RealServerId, Verdict> {
    return this.verdictMirror.current();
  }

  /** Who checks, by name, with the last sign of life. One that stopped is there until somebody deletes the bucket. */
  checkers(): readonly Checker[] {
    const nowMs = this.clock.nowMs();
    const all = [...this.verdictMirror.beatsMs()].map(([name, seenMs]) => ({
      name,
      lastSeen: new Date(seenMs).toISOString(),
      state: nowMs - seenMs <= silentAfterMs ? ('live' as const) : ('silent' as const),
    }));
    return all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  fleet(): Fleet {
    return this.reports;
  }

  /** Asks every node for a report; resolves as soon as `node` has given one, or when the time is over. */
  async hearNode(node: NodeName, waitMs: number): Promise<void> {
    const before = this.reports.get(node);
    this.nodes.askForReports();
    await this.until(() => this.reports.get(node) !== before, waitMs);
  }

  /** Somebody has declared this node gone for good. */
  forgetNode(node: NodeName): void {
    this.reports = withoutNode(this.reports, node, this.clock.monotonicMs());
    if (!this.reports.has(node)) this.sampleByNode.delete(node);
    this.changed();
  }

  /** What the live nodes say: silent ones neither hold anything up nor count connections. */
  observed(): Observed {
    const live = this.liveNodes();
    const samples = live.flatMap(({ sample }) => sample ?? []);
    const reports = live.map(({ report }) => report);
    return { reports, samples, nowMs: this.clock.nowMs(), ...this.silence() };
  }

  private silence(): Pick<Observed, 'silentSince'> {
    const checkers = this.checkers();
    const lastSeen = checkers.map((checker) => checker.lastSeen).toSorted();
    const isSilent = checkers.every(({ state }) => state === 'silent');
    return isSilent && lastSeen.length > 0 ? { silentSince: lastSeen[lastSeen.length - 1] ?? '' } : {};
  }

  /** How far drains have come, by what the live nodes say. */
  drains(): Drains {
    return drainsIn(this.cluster(), this.observed());
  }

  /** What each live node said last. */
  liveNodes(): readonly LiveNode[] {
    const nowMs = this.clock.monotonicMs();
    const live = [...this.reports.values()].filter((node) => presenceOf(node, nowMs) === 'live');
    return live.map(({ report }) => ({ report, sample: this.sampleByNode.get(report.node) }));
  }

  convergence(revision: Revision): Convergence {
    return convergenceOf(this.reports, revision, this.clock.monotonicMs());
  }

  /** The cluster at `revision` or later; whatever is known when the time is over. */
  async clusterSince(revision: Revision, waitMs: number): Promise<Cluster> {
    await this.until(() => (this.follower.current()?.revision ?? -1) >= revision, waitMs);
    return this.cluster();
  }

  /** Where the nodes are with `revision`, as soon as they have all seen it or one refused it, or when the time is over. */
  async converged(revision: Revision, waitMs: number): Promise<Convergence> {
    await this.until(() => this.convergence(revision).state !== 'pending', waitMs);
    return this.convergence(revision);
  }

  /** Where the nodes are with the book as soon as it was read. Throws the problem `starting` when the time is over before. */
  async firstConvergence(waitMs: number): Promise<Convergence> {
    const { revision } = await this.clusterSince(noRevision, waitMs);
    return this.converged(revision, waitMs);
  }

  private async until(isTrue: () => boolean, waitMs: number): Promise<void> {
    if (isTrue()) return;
    const rest = this.clock.rest(waitMs);
    const look = (): void => {
      if (isTrue()) rest.wake();
    };
    this.changes.addEventListener('change', look);
    await rest.over;
    this.changes.removeEventListener('change', look);
  }

  private changed(): void {
    this.changes.dispatchEvent(new Event('change'));
  }

  private takeReport(report: NodeReport): void {
    const nowMs = this.clock.monotonicMs();
    this.reports = takeReport(forgetTheGone(this.reports, nowMs), report, nowMs);
    this.changed();
    for (const watcher of this.watchers) watcher.report?.(report);
  }

  private takeSample(sample: NodeSample): void {
    this.sampleByNode.set(sample.node, sample);
    for (const watcher of this.watchers) watcher.sample?.(sample);
  }

  private takeVerdict(id: RealServerId | undefined): void {
    for (const watcher of this.watchers) watcher.verdict?.(id);
  }
}
