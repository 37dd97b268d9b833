import { type Layer4Member } from './desired.ts';
import { limitName } from './names.ts';
import { kernelSetSize, type Rule, type TimedSet } from './ruleset.ts';
import {
  connectionMark,
  connectionState,
  countsOver,
  countsUpTo,
  erase,
  goto,
  has,
  is,
  isNot,
  tcpFlags,
  update,
} from './statement.ts';

/** Real servers that take no new connections at the moment. */
const fullSet = 'full';
/** Real servers with a lower level that were full and have not come down to it since. */
const filledSet = 'filled';

/** The sets that these real servers need between them. */
export const limitSets = (members: readonly Layer4Member[]): ReadonlyMap<string, TimedSet> => {
  const marks: TimedSet = { type: 'mark', size: kernelSetSize };
  const limited = members.filter(hasLimit);
  return new Map([
    ...(limited.length === 0 ? [] : [[fullSet, marks] as const]),
    ...(limited.some(hasLevel) ? [[filledSet, marks] as const] : []),
  ]);
};

/**
 * How long a full server is left alone before one new connection tries it again. A closing TCP connection reopens it at
 * once; UDP flows end in silence, so that for them this is how late the reopening may come.
 */
const fullSeconds = 5;
const filledSeconds = 3_600;

export const hasLimit = ({ maxConnections }: Layer4Member): boolean => maxConnections > 0;

/** A level of one less than the limit is what every limit has: the next one comes in when one has gone. */
const hasLevel = ({ maxConnections, minConnections }: Layer4Member): boolean =>
  minConnections > 0 && minConnections < maxConnections - 1;

/** In the chain of one real server, before the connection is sent to it: a full one gives the client back. */
export const turnedAwayWhenFull: Rule = { expr: [is(connectionMark, `@${fullSet}`), { return: null }] };

/** At every packet of a limited real server: only those that open or close a connection are counted. */
export const countedAt = ({ number }: Layer4Member): Rule[] => [
  { expr: [has(connectionState, 'new'), goto(limitName(number))] },
  { expr: [has(tcpFlags, ['fin', 'rst']), is(connectionMark, `@${fullSet}`), goto(limitName(number))] },
];

/**
 * The connections of one real server, counted by the kernel (`ct count`) where they are certain: after the choice.
 * Counting while choosing would keep a client in the books of a server that turned it away.
 *
 * Each `ct count` remembers for itself whom it has seen, so each stands first in its rule, where every admitted
 * connection passes it. A closing connection still counts at its FIN, hence `reopensAt` and not one less. What the kernel
 * cannot do: a limit that is changed counts from nothing, without the connections that are open then; and a server that
 * sheds its last connections in silence reopens `fullSeconds` late.
 */
export const limitRules = (member: Layer4Member): Rule[] => {
  const { maxConnections, minConnections } = member;
  const reopensAt = hasLevel(member) ? minConnections + 1 : maxConnections;
  const isNew = has(connectionState, 'new');
  const close = update(fullSet, connectionMark, fullSeconds);
  const open = erase(fullSet, connectionMark);
  // Two clients in the same instant, or the one that tries a server that is still full. TCP asks again in a second, as a
  // new connection, and finds another server.
  const tooMany: Rule = { expr: [countsOver(maxConnections), isNew, close, { drop: null }] };
  const last = [countsOver(maxConnections - 1), isNew, close];
  if (!hasLevel(member)) {
    return [tooMany, { expr: last }, { expr: [countsUpTo(reopensAt), isNot(connectionState, 'new'), open] }];
  }
  return [
    tooMany,
    { expr: [...last, update(filledSet, connectionMark, filledSeconds)] },
    { expr: [countsOver(reopensAt), is(connectionMark, `@${filledSet}`), close] },
    { expr: [countsUpTo(reopensAt), open, erase(filledSet, connectionMark)] },
  ];
};
