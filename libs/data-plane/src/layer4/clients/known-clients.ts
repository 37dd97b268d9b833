import { type ClientTies, noRevision, type Revision } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import type { Layer4Desired } from '../desired.ts';
import type { RememberedClient, RememberedClients } from '../running.ts';
import type { ClientRecall } from './client-recall.ts';
import { type Homes, homesAfter } from './home.ts';
import { secondsLeft, type Tie, writtenTies } from './tie.ts';

/** More clients than this are not remembered outside the kernel: those of a large hospital many times over. */
export const knownMax = 100_000;

/** nft tells whole seconds and takes its time: a tie that ends less than this later than it did was not used again. */
const slackMs = 2_000;

/** Until when, by the monotonic clock, each client of one real server is tied. */
type Until = Map<string, number>;

/**
 * The clients that the kernel ties to real servers, as they were seen last: for the day on which the kernel has lost them.
 * What is known here is never a reason to change what the kernel still has.
 */
export class KnownClients implements ClientRecall {
  private readonly clients = new Map<number, Until>();
  private services: readonly Layer4Desired[] | undefined;
  private homes: Homes = new Map();
  private served: Revision = noRevision;
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

  /** What is known is known at this revision. */
  get revision(): Revision {
    return this.served;
  }

  serve(services: readonly Layer4Desired[], revision: Revision): void {
    this.served = revision;
    if (services === this.services) return;
    this.services = services;
    this.homes = homesAfter(this.homes, services);
    const gone = [...this.clients.keys()].filter((server) => !this.homes.has(server));
    for (const server of gone) this.clients.delete(server);
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
    return { revision: this.served, servers: writtenTies(this.ties(), this.clock.monotonicMs()) };
  }

  ties(): readonly Tie[] {
    return [...this.clients].flatMap(([server, clients]) =>
      [...clients].map(([address, untilMs]): Tie => ({ server, address, untilMs })),
    );
  }

  /** Undefined: not tied to that real server. */
  untilOf(server: number, address: string): number | undefined {
    return this.clients.get(server)?.get(address);
  }

  /** How many more clients the set of this real server takes. */
  roomOf(server: number): number {
    return (this.homes.get(server)?.memory.size ?? 0) - (this.clients.get(server)?.size ?? 0);
  }

  /** How many more clients may be known in all. */
  get room(): number {
    return knownMax - [...this.clients.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /** The kernel has been told so. */
  placed(moves: readonly { readonly tie: Tie; readonly ended: readonly Tie[] }[]): void {
    for (const { tie, ended } of moves) {
      for (const { server, address } of ended) this.clients.get(server)?.delete(address);
      if (!this.homes.has(tie.server)) continue; // told to forget its clients meanwhile
      const clients = this.clients.get(tie.server) ?? new Map<string, number>();
      this.clients.set(tie.server, clients.set(tie.address, tie.untilMs));
    }
    this.changes += 1;
  }

  private take({ revision, servers }: ClientTies): void {
    const nowMs = this.clock.monotonicMs();
    for (const { server, clients } of servers) {
      const home = this.homes.get(server);
      if (home === undefined || home.since > revision) continue;
      const longest = home.memory.timeoutSeconds;
      const ties = clients.slice(0, this.room).map(([address, seconds]): [string, number] => {
        return [address, nowMs + Math.min(seconds, longest) * 1_000];
      });
      this.clients.set(server, new Map(ties));
    }
  }

  private replace(server: number, clients: readonly RememberedClient[]): void {
    const nowMs = this.clock.monotonicMs();
    const before = this.clients.get(server);
    this.clients.delete(server); // makes room for the same again
    const now: Until = new Map();
    let isNews = before !== undefined && before.size > 0 && clients.length === 0;
    for (const { address, expiresSeconds } of clients.slice(0, this.room)) {
      const untilMs = nowMs + expiresSeconds * 1_000;
      isNews ||= untilMs > (before?.get(address) ?? -Infinity) + slackMs;
      now.set(address, untilMs);
    }
    this.clients.set(server, now);
    if (isNews) this.changes += 1;
  }

  private clientsOf(server: number): readonly RememberedClient[] {
    const timeoutSeconds = this.homes.get(server)?.memory.timeoutSeconds;
    const clients = this.clients.get(server);
    if (timeoutSeconds === undefined || clients === undefined) return [];
    const nowMs = this.clock.monotonicMs();
    return [...clients].flatMap(([address, untilMs]) => {
      const expiresSeconds = Math.min(secondsLeft(untilMs, nowMs), timeoutSeconds);
      return expiresSeconds < 1 ? [] : [{ address, timeoutSeconds, expiresSeconds }];
    });
  }
}
