import { type ClientTies, noRevision, type Revision } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import type { Layer4Desired } from '../desired.ts';
import type { RememberedClient, RememberedClients } from '../running.ts';
import type { ClientRecall } from './client-recall.ts';
import { type Homes, homesAfter } from './home.ts';

/** More clients than this are not remembered outside the kernel: those of a large hospital many times over. */
export const knownMax = 100_000;

/** nft tells whole seconds and takes its time: a tie that ends less than this later than it did was not used again. */
const slackMs = 2_000;

/** Until when, by the monotonic clock, each client is tied. */
type Ties = Map<string, number>;

/**
 * The clients that the kernel ties to real servers, as they were seen last: for the day on which the kernel has lost them.
 * What is known here is never a reason to change what the kernel still has.
 */
export class KnownClients implements ClientRecall {
  private readonly ties = new Map<number, Ties>();
  private services: readonly Layer4Desired[] | undefined;
  private homes: Homes = new Map();
  private revision: Revision = noRevision;
  private saved: ClientTies | undefined;
  private changes = 0;

  /** `saved`: what was known when this node ran last, less the time that has passed since. */
  constructor(
    private readonly clock: Pick<Clock, 'monotonicMs'>,
    saved?: ClientTies,
  ) {
    this.saved = saved;
  }

  /** Whose clients are worth a look. `saw` wants it back. */
  get watched(): Homes {
    return this.homes;
  }

  /** Grows when there is something new to write down. */
  get version(): number {
    return this.changes;
  }

  serve(services: readonly Layer4Desired[], revision: Revision): void {
    this.revision = revision;
    if (services === this.services) return;
    this.services = services;
    this.homes = homesAfter(this.homes, services);
    const gone = [...this.ties.keys()].filter((server) => !this.homes.has(server));
    for (const server of gone) this.ties.delete(server);
    if (gone.length > 0) this.changes += 1;
    if (this.saved !== undefined) this.take(this.saved);
    this.saved = undefined;
  }

  /** What the kernel has, asked about those `watched` then. A set that was not there says nothing. */
  saw(watched: Homes, seen: RememberedClients): void {
    for (const [server, clients] of seen) {
      // One that was told to forget its clients meanwhile, and is back already: the next look will tell.
      if (watched.get(server) === this.homes.get(server)) this.replace(server, clients);
    }
  }

  recall(servers: readonly number[]): RememberedClients {
    return new Map(servers.map((server) => [server, this.clientsOf(server)]));
  }

  /** All of it, to be written down. */
  record(): ClientTies {
    const servers = [...this.ties.keys()].map((server) => ({
      server,
      clients: this.clientsOf(server).map(({ address, expiresSeconds }): [string, number] => [address, expiresSeconds]),
    }));
    return { revision: this.revision, servers };
  }

  private take({ revision, servers }: ClientTies): void {
    const nowMs = this.clock.monotonicMs();
    for (const { server, clients } of servers) {
      const home = this.homes.get(server);
      if (home === undefined || home.since > revision) continue;
      const longest = home.memory.timeoutSeconds;
      const ties = clients.slice(0, this.room()).map(([address, seconds]): [string, number] => {
        return [address, nowMs + Math.min(seconds, longest) * 1_000];
      });
      this.ties.set(server, new Map(ties));
    }
  }

  private replace(server: number, clients: readonly RememberedClient[]): void {
    const nowMs = this.clock.monotonicMs();
    const before = this.ties.get(server);
    this.ties.delete(server); // makes room for the same again
    const now: Ties = new Map();
    let isNews = before !== undefined && before.size > 0 && clients.length === 0;
    for (const { address, expiresSeconds } of clients.slice(0, this.room())) {
      const untilMs = nowMs + expiresSeconds * 1_000;
      isNews ||= untilMs > (before?.get(address) ?? -Infinity) + slackMs;
      now.set(address, untilMs);
    }
    this.ties.set(server, now);
    if (isNews) this.changes += 1;
  }

  private room(): number {
    return knownMax - [...this.ties.values()].reduce((sum, { size }) => sum + size, 0);
  }

  private clientsOf(server: number): readonly RememberedClient[] {
    const timeoutSeconds = this.homes.get(server)?.memory.timeoutSeconds;
    const ties = this.ties.get(server);
    if (timeoutSeconds === undefined || ties === undefined) return [];
    const nowMs = this.clock.monotonicMs();
    return [...ties].flatMap(([address, untilMs]) => {
      const expiresSeconds = Math.min(Math.floor((untilMs - nowMs) / 1_000), timeoutSeconds);
      return expiresSeconds < 1 ? [] : [{ address, timeoutSeconds, expiresSeconds }];
    });
  }
}
