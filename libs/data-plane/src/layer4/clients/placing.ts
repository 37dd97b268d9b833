import { clientsName } from '../names.ts';
import { commandsIn, type NftCommand } from '../nft-command.ts';
import { type Family } from '../ruleset.ts';
import type { Homes } from './home.ts';
import type { Move } from './placement.ts';
import { secondsLeft, type Tie } from './tie.ts';

/** In one transaction, so that a change of configuration never waits long for it. */
const transactionMax = 500;

/** Some of the moves of a placement, and what makes them true in the kernel. */
export type Placing = { readonly moves: readonly Move[]; readonly transaction: readonly NftCommand[] };

/** For the table of one family. */
export const placingsOf = (moves: readonly Move[], homes: Homes, nowMs: number, family: Family): readonly Placing[] =>
  Array.from({ length: Math.ceil(moves.length / transactionMax) }, (_, index) => {
    const some = moves.slice(index * transactionMax, (index + 1) * transactionMax);
    return { moves: some, transaction: transactionOf(some, homes, nowMs, family) };
  });

/**
 * The kernel lengthens no tie that is there, and refuses to end one that has just run out. What is right in every case, for old
 * kernels as for new ones: add it (which does nothing to one that is there), delete it, add it again. Tried on nft 1.0.6 and
 * Linux 6.18.
 */
const transactionOf = (moves: readonly Move[], homes: Homes, nowMs: number, family: Family): readonly NftCommand[] => {
  const { addClients, removeClients } = commandsIn(family);
  const add = (ties: readonly Tie[]): NftCommand[] =>
    [...Map.groupBy(ties, ({ server }) => server)].map(([server, own]) =>
      addClients(
        clientsName(server),
        own.map((tie) => remembered(tie, homes, nowMs)),
      ),
    );
  const remove = (ties: readonly Tie[]): NftCommand[] =>
    [...Map.groupBy(ties, ({ server }) => server)].map(([server, own]) =>
      removeClients(
        clientsName(server),
        own.map(({ address }) => address),
      ),
    );
  const replaced = moves.flatMap(({ tie, isNew, ended }) => (isNew ? ended : [tie, ...ended]));
  return [...add(replaced), ...remove(replaced), ...add(moves.map(({ tie }) => tie))];
};

const remembered = ({ server, untilMs, address }: Tie, homes: Homes, nowMs: number) => {
  const timeoutSeconds = homes.get(server)?.memory.timeoutSeconds ?? 1;
  const expiresSeconds = Math.min(Math.max(secondsLeft(untilMs, nowMs), 1), timeoutSeconds);
  return { address, timeoutSeconds, expiresSeconds };
};
