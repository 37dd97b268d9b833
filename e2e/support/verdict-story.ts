import { VerdictBucket } from '@evenkeel/bus';
import type { RealServerId, VerdictState } from '@evenkeel/contracts';
import type { NatsConnection } from '@nats-io/transport-node';

export type Told = {
  readonly state: VerdictState;
  /** When the checker came to know it, milliseconds since 1970. */
  readonly sinceMs: number;
};

/** What every reader of the verdicts was told of each real server, from the first word on, without repetitions. */
export class VerdictStory {
  private readonly told = new Map<RealServerId, Told[]>();
  private readonly following: Promise<void>;

  /** Ends with the connection. */
  constructor(connection: NatsConnection) {
    this.following = this.follow(new VerdictBucket(connection));
    this.following.catch(() => undefined);
  }

  of(id: RealServerId): readonly Told[] {
    return this.told.get(id) ?? [];
  }

  stateOf(id: RealServerId): VerdictState | undefined {
    return this.of(id).at(-1)?.state;
  }

  private async follow(bucket: VerdictBucket): Promise<void> {
    for await (const news of bucket.watch()) {
      if (news.kind !== 'verdict') continue;
      const { realServerId, state, since } = news.verdict;
      const before = this.told.get(realServerId);
      if (before === undefined) this.told.set(realServerId, [{ state, sinceMs: Date.parse(since) }]);
      else if (before.at(-1)?.state !== state) before.push({ state, sinceMs: Date.parse(since) });
    }
  }
}
