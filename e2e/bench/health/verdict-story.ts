import { setTimeout as rest } from 'node:timers/promises';
import { VerdictBucket } from '@evenkeel/bus';
import type { RealServerId, VerdictState } from '@evenkeel/contracts';
import type { NatsConnection } from '@nats-io/transport-node';

export type Told = {
  readonly state: VerdictState;
  /** When the checker came to know it, milliseconds since 1970. */
  readonly sinceMs: number;
  /** When it was heard here, the same. */
  readonly heardAtMs: number;
};

type Waiting = { readonly id: RealServerId; readonly state: VerdictState; readonly resolve: () => void };

/** What every reader of the verdicts was told of each real server, from the first word on, without repetitions. */
export class VerdictStory {
  private readonly told = new Map<RealServerId, Told[]>();
  private waiting: readonly Waiting[] = [];
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

  /** Resolves as soon as readers hear that it is so; throws when they have not within `withinMs`. */
  async whenIs(id: RealServerId, state: VerdictState, withinMs = 20_000): Promise<void> {
    if (this.stateOf(id) === state) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting = [...this.waiting, { id, state, resolve }];
    const isLate = rest(withinMs, true, { ref: false });
    if (await Promise.race([promise, isLate])) throw new Error(`${id} is not ${state} within ${withinMs} ms`);
  }

  private async follow(bucket: VerdictBucket): Promise<void> {
    for await (const news of bucket.watch()) {
      if (news.kind !== 'verdict') continue;
      const { realServerId, state, since } = news.verdict;
      const before = this.told.get(realServerId) ?? [];
      this.told.set(realServerId, before);
      if (before.at(-1)?.state === state) continue;
      before.push({ state, sinceMs: Date.parse(since), heardAtMs: Date.now() });
      for (const one of this.waiting) if (one.id === realServerId && one.state === state) one.resolve();
      this.waiting = this.waiting.filter((one) => one.id !== realServerId || one.state !== state);
    }
  }
}
