import type { Journal } from '@evenkeel/bus';
import type { Cluster } from '@evenkeel/cluster';
import {
  type AvailabilityItem,
  type AvailabilityOfRealServer,
  type ClusterName,
  type JournalEntry,
  journalOfKind,
  type RealServerId,
  type RealServerState,
  type VerdictEntry,
  verdictsInJournal,
} from '@evenkeel/contracts';
import { type Clock } from '@evenkeel/kernel';
import { blanksIn, type Period, sharesOf, silenceNow, type Timeline, timelineOf, together } from '@evenkeel/verdicts';
import type { ClusterView } from '../book/cluster-view.ts';
import { virtualServiceIn } from '../book/resources.ts';
import { journalAway } from '../problems/journal-away.ts';

/** One line of the report: a service or a machine, and what it is made of. */
export type Asked = {
  readonly head: Pick<AvailabilityItem, 'virtualService' | 'machine'>;
  readonly realServers: readonly RealServerState[];
  readonly judge: Parameters<typeof together>[2];
};

/** So many are asked for one by one; for more, what befell all is read once. */
const oneByOneMax = 16;

export type AvailabilityParts = {
  readonly view: Pick<ClusterView, 'cluster' | 'verdict' | 'checkers'>;
  readonly journal: Pick<Journal, 'read' | 'extent'>;
  readonly clock: Clock;
  readonly cluster: ClusterName;
};

/** How much of a period was what, worked out from the journal and from what is said now. */
export class Availability {
  constructor(private readonly parts: AvailabilityParts) {}

  /** Throws the problem `journal-unavailable`. */
  async of(asked: readonly Asked[], period: Period): Promise<AvailabilityItem[]> {
    const ids = new Set(asked.flatMap(({ realServers }) => realServers.map(({ id }) => id)));
    const [changes, blanks] = await Promise.all([this.changesOf(ids), this.blanks()]).catch(journalAway);
    const cluster = this.parts.view.cluster();
    const nowMs = this.parts.clock.nowMs();
    const timelines = new Map<RealServerId, Timeline>();
    for (const id of ids) {
      const history = { changes: changes.get(id) ?? [], now: this.parts.view.verdict(id), nowMs, blanks };
      timelines.set(id, timelineOf(period, history));
    }
    return asked.map(({ head, realServers, judge }) => {
      const lines = realServers.map(({ id }) => timelines.get(id) ?? []);
      const items = realServers.map((realServer, index) => itemOf(cluster, realServer, lines[index] ?? []));
      return { ...head, ...sharesOf(together(period, lines, judge)), realServers: items };
    });
  }

  /** All that the journal has: what somebody was at the beginning of a period is told by a record before it. */
  private async changesOf(ids: ReadonlySet<RealServerId>): Promise<ReadonlyMap<string, VerdictEntry[]>> {
    const { journal, cluster } = this.parts;
    const wanted = ids.size <= oneByOneMax ? [...ids].map((realServerId) => ({ realServerId })) : [{}];
    const readings = await Promise.all(wanted.map((whom) => journal.read(verdictsInJournal(cluster, whom))));
    const entries = readings.flatMap((reading) => reading.entries);
    return Map.groupBy(entries.filter(isChange), ({ realServer }) => realServer.id);
  }

  /** When nobody can say anything: before the journal begins, and whenever nobody checked. */
  private async blanks(): Promise<readonly Period[]> {
    const { journal, cluster, view, clock } = this.parts;
    const kinds = (['checks-resumed', 'records-lost'] as const).map((kind) => journalOfKind(cluster, kind));
    const [extent, ...readings] = await Promise.all([
      journal.extent(),
      ...kinds.map((subject) => journal.read(subject)),
    ]);
    const unwritten = { fromMs: -Infinity, toMs: Date.parse(extent.since) };
    const beatsMs = view.checkers().map(({ lastSeen }) => Date.parse(lastSeen));
    const told = blanksIn(readings.flatMap(({ entries }) => entries));
    return [unwritten, ...told, ...silenceNow(beatsMs, clock.nowMs())];
  }
}

const isChange = (entry: JournalEntry): entry is VerdictEntry => entry.kind === 'verdict-changed';

const itemOf = (cluster: Cluster, realServer: RealServerState, timeline: Timeline): AvailabilityOfRealServer => {
  const { id, spec, virtualServiceId } = realServer;
  const service = virtualServiceIn(cluster, virtualServiceId);
  return {
    realServerId: id,
    label: spec.label,
    machine: spec.address,
    virtualService: { id: service.id, label: service.spec.label },
    ...sharesOf(timeline),
  };
};
