import type { Journal } from '@evenkeel/bus';
import {
  type EventKind,
  type JournalEntry,
  type NodeReport,
  type NodeSample,
  noRevision,
  type RealServerId,
  type Revision,
  type SealedCommit,
  type Verdict,
} from '@evenkeel/contracts';
import { type Clock, Loop } from '@evenkeel/kernel';
import type { ClusterView } from '../book/cluster-view.ts';
import { problem } from '../problems/problem-exception.ts';
import { frame } from './frame.ts';
import type { Place } from './place.ts';
import type { ToldFeed } from './told-feed.ts';

/** A lost journal is followed again after this time, longer and longer. */
const patience = { sweepMs: 0, retryMinMs: 50, retryMaxMs: 2_000 };

/** One reader of events. */
export type Listener = {
  /** An event, ready to be sent. */
  readonly hear: (kind: EventKind, frame: string) => void;
  /** What was heard until now cannot be gone on from. */
  readonly lose: () => void;
};

/** Everything that happens, as this gateway hears it, told to all who listen here. Each event is written out once. */
export class EventHub {
  private readonly listeners = new Set<Listener>();
  private readonly loop: Loop;
  private revision: Revision = noRevision;
  private journalAt: Pick<Place, 'sequence' | 'incarnation'> | undefined;
  private readonly reported = new Map<string, string>();
  private stopWatching: () => void = () => undefined;

  constructor(
    private readonly view: ClusterView,
    private readonly feed: ToldFeed,
    private readonly journal: Journal,
    clock: Clock,
    onFailure: (failure: unknown) => void,
  ) {
    this.loop = new Loop(() => this.followJournal(), { ...patience, onFailure }, clock);
  }

  /** Starts to follow; resolves at once. */
  start(): void {
    this.feed.tell((commit) => this.takeCommit(commit));
    this.stopWatching = this.view.watch({
      report: (report) => this.takeReport(report),
      sample: (sample) => this.takeSample(sample),
      verdict: (id) => this.takeVerdict(id),
    });
    void this.loop.run();
  }

  stop(): void {
    this.stopWatching();
    this.loop.stop();
  }

  /** How many listen. */
  get size(): number {
    return this.listeners.size;
  }

  /** Tells `listener` everything that comes after `place()` as it is now. Returns how to stop. */
  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** How far all have been told. Throws the problem `starting` while nobody knows. */
  place(): Place {
    const { revision } = this.view.cluster();
    if (this.journalAt === undefined) {
      throw problem(503, 'starting', 'The journal has not been found yet.', undefined, { retryAfterSeconds: 1 });
    }
    if (revision > this.revision) this.revision = revision;
    return { revision: this.revision, ...this.journalAt };
  }

  private takeCommit({ commit, hash }: SealedCommit): void {
    if (commit.revision <= this.revision) return; // a stream that is written again repeats them
    this.revision = commit.revision;
    this.tellFact('commit', { ...commit, hash });
  }

  private takeEntry(entry: JournalEntry, incarnation: string): void {
    this.journalAt = { sequence: entry.sequence, incarnation };
    if (entry.kind === 'node-forgotten') this.view.forgetNode(entry.node); // by whichever gateway
    this.tellFact('journal', entry);
  }

  /** Nodes report every second; what only counts on is no news. */
  private takeReport(report: NodeReport): void {
    if (this.listeners.size === 0) return; // who comes is told what is known then
    const text = JSON.stringify(report, (field, value: unknown) => (countsOn.has(field) ? undefined : value));
    if (this.reported.get(report.node) === text) return;
    this.reported.set(report.node, text);
    this.tell('report', frame('report', report));
  }

  private takeSample(sample: NodeSample): void {
    if (this.listeners.size === 0) return;
    this.tell('sample', frame('sample', sample));
  }

  /** After a lost connection nobody knows which have changed: whoever listens gets them all. */
  private takeVerdict(id: RealServerId | undefined): void {
    if (this.listeners.size === 0) return;
    const verdicts = id === undefined ? this.view.verdicts().values() : [this.view.verdict(id)];
    for (const verdict of verdicts) {
      if (verdict !== undefined) this.tell('verdict', frame('verdict', withoutEvidence(verdict)));
    }
  }

  private tellFact(kind: EventKind, fact: object): void {
    if (this.journalAt === undefined || this.listeners.size === 0) return;
    this.tell(kind, frame(kind, fact, { revision: this.revision, ...this.journalAt }));
  }

  private tell(kind: EventKind, text: string): void {
    for (const { hear } of this.listeners) hear(kind, text);
  }

  private async followJournal(): Promise<void> {
    const { last, incarnation } = await this.journal.extent();
    const known = this.journalAt;
    const goesOn = known?.incarnation === incarnation && known.sequence <= last;
    if (!goesOn) {
      this.journalAt = { sequence: last, incarnation };
      for (const { lose } of this.listeners) lose();
    }
    const after = goesOn ? known.sequence : last;
    for await (const entry of this.journal.follow(after, incarnation)) this.takeEntry(entry, incarnation);
  }
}

/** Fields of a report that differ in every one. */
const countsOn: ReadonlySet<string> = new Set(['sequence', 'time', 'durationMs']);

/** The list of results is long, and asked for where it is shown. */
export const withoutEvidence = (verdict: Verdict): Omit<Verdict, 'evidence'> => {
  const { realServerId, state, reason, detail, since, checker } = verdict;
  return { realServerId, state, reason, detail, since, checker };
};
