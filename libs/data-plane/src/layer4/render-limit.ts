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
export const fullSet = 'full';
/** Real servers with a lower level that were full and have not come down to it since. */
export const filledSet = 'filled';
export const limitSets: ReadonlyMap<string, TimedSet> = new Map([
  [fullSet, { type: 'mark', size: kernelSetSize }],
  [filledSet, { type: 'mark', size: kernelSetSize }],
]);

/**
 * How long a full server is left alone before one new connection tries it again. A closing TCP connection reopens it at
 * once; UDP flows end in silence, so that for them this is how late the reopening may come.
 */
const fullSeconds = 5;
const filledSeconds = 3_600;

export const hasLimit = ({ maxConnections }: Layer4Member): boolean => maxConnections > 0;

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
 * connection passes it. A closing connection still counts at its FIN, hence `reopensAt` and not one less.
 */
export const limitRules = ({ maxConnections, minConnections }: Layer4Member): Rule[] => {
  const hasLevel = minConnections > 0 && minConnections < maxConnections - 1;
  const reopensAt = hasLevel ? minConnections + 1 : maxConnections;
  const isNew = has(connectionState, 'new');
  const close = update(fullSet, connectionMark, fullSeconds);
  const open = erase(fullSet, connectionMark);
  // Two clients in the same instant, or the one that tries a server that is still full. TCP asks again in a second, as a
  // new connection, and finds another server.
  const tooMany: Rule = { expr: [countsOver(maxConnections), isNew, close, { drop: null }] };
  const last = [countsOver(maxConnections - 1), isNew, close];
  if (!hasLevel) {
    return [tooMany, { expr: last }, { expr: [countsUpTo(reopensAt), isNot(connectionState, 'new'), open] }];
  }
  return [
    tooMany,
    { expr: [...last, update(filledSet, connectionMark, filledSeconds)] },
    { expr: [countsOver(reopensAt), is(connectionMark, `@${filledSet}`), close] },
    { expr: [countsUpTo(reopensAt), open, erase(filledSet, connectionMark)] },
  ];
};
