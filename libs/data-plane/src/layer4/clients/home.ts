import type { Revision } from '@evenkeel/contracts';
import type { ClientMemory, Layer4Desired } from '../desired.ts';

/** A real server that keeps its clients: what is remembered of them has its place there. */
export type Home = {
  readonly server: number;
  readonly service: number;
  /** Other real servers of the service that keep clients: one client is tied to one of them. */
  readonly neighbours: readonly number[];
  readonly memory: ClientMemory;
  /** Of what was known before this revision nothing counts. */
  readonly since: Revision;
};

/** By the numbers of the real servers. */
export type Homes = ReadonlyMap<number, Home>;

/** The homes that these services have. One that is as `before` is the same object. */
export const homesAfter = (before: Homes, services: readonly Layer4Desired[]): Homes =>
  new Map(services.flatMap(homesOf).map((home) => [home.server, sameOr(before.get(home.server), home)]));

const sameOr = (before: Home | undefined, home: Home): Home =>
  before !== undefined && isSame(before, home) ? before : home;

const isSame = (one: Home, other: Home): boolean =>
  one.service === other.service &&
  one.neighbours.join() === other.neighbours.join() &&
  one.since === other.since &&
  one.memory.size === other.memory.size &&
  one.memory.timeoutSeconds === other.memory.timeoutSeconds;

const homesOf = ({ number: service, memory, members }: Layer4Desired): readonly Home[] => {
  if (memory === undefined) return [];
  const keeping = members.filter(({ keepsClients }) => keepsClients);
  const servers = keeping.map(({ number }) => number);
  return keeping.map(({ number: server, clientsSince: since }) => {
    const neighbours = servers.filter((other) => other !== server);
    return { server, service, neighbours, memory, since };
  });
};
