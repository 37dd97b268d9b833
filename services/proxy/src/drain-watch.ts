import type { Cluster } from '@evenkeel/cluster';
import type { NodeSample, RealServerId } from '@evenkeel/contracts';
import { serverName } from '@evenkeel/data-plane';
import type { Clock } from '@evenkeel/kernel';

type Counted = NodeSample['realServers'][number];

/** At most this often, and less often where HAProxy takes long to list its sessions. */
const pauseMs = 10_000;
const pauseFactor = 50;

/** Says since when the oldest connection to each draining server is there. While nothing drains, nobody is asked. */
export class DrainWatch {
  /** Since when, by the server's name. */
  private told: ReadonlyMap<string, number> = new Map();
  private askAgainAtMs = -Infinity;

  /** `ages`: in seconds, of the oldest connection to each server. */
  constructor(
    private readonly ages: () => Promise<ReadonlyMap<string, number>>,
    private readonly clock: Clock,
  ) {}

  /** The counts of layer 7, with the oldest connection of whoever drains. Throws what `ages` throws. */
  async dated(cluster: Cluster, counts: readonly Counted[]): Promise<Counted[]> {
    const names = new Map(counts.flatMap((counted) => nameOf(cluster, counted)));
    if (names.size > 0 && this.isDue()) await this.ask();
    return counts.map((counted) => {
      const sinceMs = this.told.get(names.get(counted.id) ?? '');
      return sinceMs === undefined ? counted : { ...counted, oldest: new Date(sinceMs).toISOString() };
    });
  }

  private isDue(): boolean {
    return this.clock.monotonicMs() >= this.askAgainAtMs;
  }

  /** After a failure the pause is kept too: it costs one sample, and not all of them. */
  private async ask(): Promise<void> {
    const startedAtMs = this.clock.monotonicMs();
    try {
      const ages = await this.ages();
      const nowMs = this.clock.nowMs();
      this.told = new Map([...ages].map(([server, seconds]) => [server, nowMs - seconds * 1_000]));
    } finally {
      const endedAtMs = this.clock.monotonicMs();
      this.askAgainAtMs = endedAtMs + Math.max(pauseMs, pauseFactor * (endedAtMs - startedAtMs));
    }
  }
}

/** Its name in HAProxy, if it drains and has connections. */
const nameOf = (
  { realServers }: Cluster,
  { id, connections }: Counted,
): readonly (readonly [RealServerId, string])[] => {
  const realServer = realServers.get(id);
  const isWatched = connections > 0 && realServer?.intent.intent === 'drain';
  return isWatched ? [[id, serverName(realServer.number)]] : [];
};
