import type { EventKind } from '@evenkeel/contracts';
import type { Clock, Rest } from '@evenkeel/kernel';
import type { EventHub } from './event-hub.ts';
import { EventQueue } from './event-queue.ts';
import { frame, heartbeat, opening } from './frame.ts';
import { missedBetween, type Sources } from './missed.ts';
import { placeIn } from './place.ts';

/** A proxy between us and the reader closes what is silent for long. */
const heartbeatMs = 15_000;

export type StreamParts = {
  readonly hub: EventHub;
  readonly sources: Sources;
  readonly kinds: ReadonlySet<EventKind>;
  /** What a reader that comes back was told last; undefined for one that comes for the first time. */
  readonly lastEventId: string | undefined;
  /** The states of the kinds that are asked for, as they are now. */
  readonly states: () => object;
  readonly clock: Clock;
};

/** What one reader is sent: what it has missed, the states as they are, and then what happens until it goes. */
export class EventStream {
  private readonly queue: EventQueue;
  private readonly stopListening: () => void;
  private rest: Rest | undefined;
  private hasEnded = false;

  /** Throws the problem `starting`. Listens from now on: `end` must be called. */
  constructor(private readonly parts: StreamParts) {
    const { hub, kinds } = parts;
    this.queue = new EventQueue(() => frame('resync', { because: 'too-slow' }, hub.place()));
    hub.place(); // throws before anybody listens
    this.stopListening = hub.listen({
      hear: (kind, text) => {
        if (kinds.has(kind)) this.push(text);
      },
      lose: () => {
        this.queue.loseAll();
        this.rest?.wake();
      },
    });
  }

  /** The reader has gone. Safe to repeat. */
  end(): void {
    this.hasEnded = true;
    this.stopListening();
    this.rest?.wake();
  }

  /** Text as it is to be sent, piece by piece, as fast as it is taken. */
  async *text(): AsyncGenerator<string, void> {
    const { clock } = this.parts;
    try {
      yield* this.beginning();
      while (!this.hasEnded) {
        const news = this.queue.takeAll();
        if (news !== undefined) {
          yield news;
          continue;
        }
        this.rest = clock.rest(heartbeatMs);
        await this.rest.over;
        if (this.hasEnded || !this.queue.isEmpty) continue;
        yield heartbeat;
      }
    } finally {
      this.end();
    }
  }

  private async *beginning(): AsyncGenerator<string, void> {
    const { hub, sources, kinds, lastEventId, states } = this.parts;
    const upTo = hub.place(); // what comes after it waits in the queue
    if (lastEventId !== undefined) {
      const from = placeIn(lastEventId);
      const missed = from === undefined ? undefined : await missedBetween(kinds, from, upTo, sources);
      yield missed?.join('') ?? frame('resync', { because: 'unknown-place' }, upTo);
    }
    yield opening(upTo);
    yield frame('snapshot', states());
  }

  private push(text: string): void {
    this.queue.push(text);
    this.rest?.wake();
  }
}
