import type { Homes } from './home.ts';
import type { KnownClients } from './known-clients.ts';
import type { Tie } from './tie.ts';

/** What another node has told, and how much of the book it had read then. */
export type HeardTie = Tie & { readonly revision: number };

/** One client that is tied here from now on as another node has told. */
export type Move = {
  readonly tie: Tie;
  /** Not tied to that real server here; otherwise it is, for less time. */
  readonly isNew: boolean;
  /** Its ties here to other real servers of the service, which are of an earlier use. */
  readonly ended: readonly Tie[];
};

/** What to do in the kernel about what was heard. For `left` clients there is no room. */
export type Placement = { readonly moves: readonly Move[]; readonly left: number };

/** Two nodes measure the same moment a little differently: seconds are rounded, and messages take time. */
const slackMs = 2_000;

/**
 * Where the clients belong that other nodes have told of. The later use wins, whichever node saw it, and of two that are as late
 * the lower number of a real server: so all nodes come to the same answer. What must be forgotten here is taken from nobody.
 */
export const placementOf = (heard: readonly HeardTie[], known: KnownClients, nowMs: number): Placement => {
  const homes = known.watched;
  const welcomed = heard.flatMap((tie) => welcome(tie, homes, nowMs));
  const moves = strongestOf(welcomed, homes).flatMap((tie) => moveOf(tie, known));
  const fitting = roomFor(moves, known);
  return { moves: fitting, left: moves.length - fitting.length };
};

const moveOf = (tie: Tie, known: KnownClients): readonly Move[] => {
  const here = known.untilOf(tie.server, tie.address);
  if (here !== undefined && tie.untilMs <= here + slackMs) return [];
  const ended = tiesElsewhere(tie, known);
  return ended.every((other) => isStronger(tie, other)) ? [{ tie, isNew: here === undefined, ended }] : [];
};

/** The tie as it may live here, if it may. */
const welcome = (tie: HeardTie, homes: Homes, nowMs: number): readonly Tie[] => {
  const home = homes.get(tie.server);
  if (home === undefined || home.since > tie.revision || tie.untilMs - nowMs < slackMs) return [];
  const { server, address, untilMs } = tie;
  return [{ server, address, untilMs: Math.min(untilMs, nowMs + home.memory.timeoutSeconds * 1_000) }];
};

/** Of several for one client and service, the strongest. */
const strongestOf = (ties: readonly Tie[], homes: Homes): readonly Tie[] => {
  const strongest = new Map<string, Tie>();
  for (const tie of ties) {
    const key = `${homes.get(tie.server)?.service} ${tie.address}`;
    const before = strongest.get(key);
    if (before === undefined || isStronger(tie, before)) strongest.set(key, tie);
  }
  return [...strongest.values()];
};

const isStronger = (one: Tie, other: Tie): boolean => {
  const laterMs = one.untilMs - other.untilMs;
  if (one.server === other.server) return laterMs > 0;
  return Math.abs(laterMs) <= slackMs ? one.server < other.server : laterMs > 0;
};

const tiesElsewhere = ({ server, address }: Tie, known: KnownClients): readonly Tie[] =>
  (known.watched.get(server)?.neighbours ?? []).flatMap((neighbour) => {
    const untilMs = known.untilOf(neighbour, address);
    return untilMs === undefined ? [] : [{ server: neighbour, address, untilMs }];
  });

/** Those that still fit: a full set would refuse all that come together. */
const roomFor = (moves: readonly Move[], known: KnownClients): readonly Move[] => {
  const room = new Map<number, number>();
  let roomInAll = known.room;
  return moves.filter(({ tie: { server }, isNew }) => {
    if (!isNew) return true;
    const left = room.get(server) ?? known.roomOf(server);
    if (left < 1 || roomInAll < 1) return false;
    room.set(server, left - 1);
    roomInAll -= 1;
    return true;
  });
};
