import { type Change, changesBetween, inWords } from './change.ts';
import { serverOfClients } from './names.ts';
import { commandsIn, type NftCommand } from './nft-command.ts';
import { type Family, layer4Table, type NftRuleset } from './ruleset.ts';
import { nothingRunning, type RememberedClients, type RunningLayer4 } from './running.ts';
import { transactionOf } from './transaction.ts';

/** What differs, in words, and the one transaction that closes it. Both are empty when kernel and wish agree. */
export type Layer4Diff = { readonly differences: readonly string[]; readonly transaction: readonly NftCommand[] };

/**
 * From what runs to what is wanted; undefined is "no table". A set whose definition stays is not touched, so no client is
 * forgotten because a weight, an intent or a neighbour changed. A set that must be made anew gets `clients` back:
 * `resizedServers` tells whose to fetch.
 */
export const diffLayer4 = (
  wanted: NftRuleset | undefined,
  running: RunningLayer4 | undefined,
  clients: RememberedClients = new Map(),
): Layer4Diff => {
  if (wanted === undefined) return running === undefined ? agreement : notWanted(running.family);
  const { family } = wanted;
  const present = running ?? nothingRunning(family);
  const changes = changesBetween(wanted, present);
  if (changes.length === 0) return agreement;
  return {
    differences:
      running === undefined ? [`${tableIn(family)} is missing`] : changes.map((change) => of[family] + inWords(change)),
    transaction: transactionOf(changes, wanted, present, clients),
  };
};

/** Numbers of the real servers whose set of clients is there, but of another size. */
export const resizedServers = (
  wanted: NftRuleset | undefined,
  running: RunningLayer4 | undefined,
): readonly number[] => {
  if (wanted === undefined || running === undefined) return [];
  const resized = changesBetween(wanted, running).filter(isResizedSet);
  return resized.flatMap(({ name }) => serverOfClients(name) ?? []);
};

/** Numbers of the real servers whose set of clients should be there, and is not. */
export const serversWithoutSet = (
  wanted: NftRuleset | undefined,
  running: RunningLayer4 | undefined,
): readonly number[] => {
  const missing = [...(wanted?.sets.keys() ?? [])].filter((name) => running?.sets.has(name) !== true);
  return missing.flatMap((name) => serverOfClients(name) ?? []);
};

const isResizedSet = ({ kind, what }: Change): boolean => kind === 'set' && what === 'different';

const agreement: Layer4Diff = { differences: [], transaction: [] };
const notWanted = (family: Family): Layer4Diff => ({
  differences: [`${tableIn(family)} is not wanted`],
  transaction: [commandsIn(family).deleteTable],
});

/** The two tables have chains of the same names. */
const of = { ip: '', ip6: 'ip6 ' } as const;
const tableIn = (family: Family): string => `${of[family]}table ${layer4Table(family).name}`;
