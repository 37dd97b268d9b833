import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { Chance } from '../../faults/chance.ts';
import type { CheckedServer } from '../../support/checked-servers.ts';
import type { Told, VerdictStory } from './verdict-story.ts';

/** How long a server stays as it is: between these, at random. */
export type Phases = { readonly leastMs: number; readonly mostMs: number };

type Flapping = CheckedServer & {
  readonly server: Server;
  /** Its own, so that it does the same however busy the machine is. */
  readonly chance: Chance;
  readonly flippedAtMs: number[];
};

/** What the readers of the verdicts made of it. */
export type Seen = {
  readonly flips: number;
  /** Of which no reader was told. */
  readonly missed: number;
  /** Changes that were told and had not been. */
  readonly invented: number;
  /** Milliseconds from each flip to the result that made the verdict; of servers without a missed or invented one. */
  readonly delaysMs: readonly number[];
};

/** Servers on this machine that stop and begin to listen at random, the same way from the same seed. */
export class FlappingServers {
  private readonly flapping: readonly Flapping[];

  constructor(
    servers: readonly CheckedServer[],
    private readonly port: number,
    seed: number,
  ) {
    this.flapping = servers.map((one, index) => ({
      ...one,
      server: createServer(hangUp),
      chance: new Chance(seed + index),
      flippedAtMs: [],
    }));
  }

  async listen(): Promise<void> {
    await Promise.all(this.flapping.map((one) => this.open(one)));
  }

  /** Resolves when the last one has stopped to flap, as it then is. */
  async flap(forMs: number, phases: Phases): Promise<void> {
    const untilMs = performance.now() + forMs;
    await Promise.all(this.flapping.map((one) => this.flapOne(one, untilMs, phases)));
  }

  /** Whether everybody was told of the last flip of each. */
  areTold(story: VerdictStory): boolean {
    return this.flapping.every(({ id, server }) => story.stateOf(id) === (server.listening ? 'up' : 'down'));
  }

  seenIn(story: VerdictStory): Seen {
    const all = this.flapping.map(({ id, flippedAtMs }) => ({ flippedAtMs, changes: changesIn(story.of(id)) }));
    const sum = (of: (one: (typeof all)[number]) => number): number => all.reduce((before, one) => before + of(one), 0);
    return {
      flips: sum(({ flippedAtMs }) => flippedAtMs.length),
      missed: sum(({ flippedAtMs, changes }) => Math.max(0, flippedAtMs.length - changes.length)),
      invented: sum(({ flippedAtMs, changes }) => Math.max(0, changes.length - flippedAtMs.length)),
      delaysMs: all
        .filter(({ flippedAtMs, changes }) => flippedAtMs.length === changes.length)
        .flatMap(({ flippedAtMs, changes }) =>
          flippedAtMs.map((atMs, index) => (changes[index]?.sinceMs ?? NaN) - atMs),
        ),
    };
  }

  close(): void {
    for (const { server } of this.flapping) server.close();
  }

  private async flapOne(one: Flapping, untilMs: number, { leastMs, mostMs }: Phases): Promise<void> {
    // The first phase may be short: not all begin at the same time.
    for (let phaseMs = one.chance.between(0, mostMs); performance.now() + phaseMs < untilMs;) {
      await rest(phaseMs);
      if (one.server.listening) one.server.close();
      else await this.open(one);
      one.flippedAtMs.push(Date.now());
      phaseMs = one.chance.between(leastMs, mostMs);
    }
  }

  private async open({ address, server }: Flapping): Promise<void> {
    server.listen(this.port, address);
    await once(server, 'listening');
  }
}

const hangUp = (socket: Socket): void => void socket.on('error', () => undefined).destroy();

/** What came after the first `up`. */
const changesIn = (told: readonly Told[]): readonly Told[] => {
  const first = told.findIndex(({ state }) => state === 'up');
  return first === -1 ? [] : told.slice(first + 1);
};
