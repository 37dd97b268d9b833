import { type Change } from './change.ts';
import { serverOfClients } from './names.ts';
import { commandsIn, type NftCommand } from './nft-command.ts';
import { type Chain, type NftRuleset } from './ruleset.ts';
import { type RememberedClients, type RunningLayer4 } from './running.ts';

/**
 * The commands that make all `changes` at once: packets see the old table or the new one. The kernel refuses to remove
 * what a rule still mentions, so the order is rules out, things out, things in, rules in.
 */
export const transactionOf = (
  changes: readonly Change[],
  wanted: NftRuleset,
  running: RunningLayer4,
  clients: RememberedClients,
): readonly NftCommand[] => {
  const { addTable, addChain, addCounter, addRules, flushChain, remove } = commandsIn(wanted.family);
  const leaving = changes.filter(({ what }) => what !== 'missing');
  const arriving = changes.filter(({ what }) => what !== 'not wanted');
  const rewritten = rewrittenChains(changes, wanted);
  const flushed = [...running.chains.keys()].filter((name) => rewritten.has(name));
  // Rules with a hook never change by themselves, so such a chain was tampered with, and hooks cannot be changed in place.
  const isHooked = (name: string): boolean =>
    running.chains.get(name)?.hook !== undefined || wanted.chains.get(name)?.hook !== undefined;
  const replaced = namesOf(leaving, 'chain').filter((name) => isHooked(name) || !wanted.chains.has(name));
  return [
    addTable, // does nothing to one that is there
    ...flushed.map(flushChain),
    ...replaced.map((name) => remove('chain', name)),
    ...leaving.filter(({ kind }) => kind !== 'chain').map(({ kind, name }) => remove(kind, name)),
    ...namesOf(arriving, 'set').flatMap((name) => addFilledSet(wanted, name, clients)),
    ...namesOf(arriving, 'counter').map(addCounter),
    // All chains before the first rule: rules jump forward. To add one that is there does nothing.
    ...namesOf(arriving, 'chain').flatMap((name) => withChain(wanted, name, (chain) => [addChain(name, chain)])),
    ...[...rewritten].flatMap((name) => withChain(wanted, name, (chain) => addRules(name, chain))),
  ];
};

/** Chains that differ, and those that mention a set that is made anew. */
const rewrittenChains = (changes: readonly Change[], wanted: NftRuleset): ReadonlySet<string> => {
  const renewed = changes.filter(({ kind, what }) => kind === 'set' && what === 'different').map(({ name }) => name);
  const mentioning = [...wanted.chains].filter(([, { rules }]) => {
    const text = renewed.length === 0 ? '' : JSON.stringify(rules);
    return renewed.some((name) => text.includes(`"@${name}"`));
  });
  return new Set([...namesOf(changes, 'chain'), ...mentioning.map(([name]) => name)]);
};

const namesOf = (changes: readonly Change[], wantedKind: Change['kind']): string[] =>
  changes.filter(({ kind }) => kind === wantedKind).map(({ name }) => name);

const addFilledSet = ({ family, sets }: NftRuleset, name: string, clients: RememberedClients): NftCommand[] => {
  const { addSet, addClients } = commandsIn(family);
  const set = sets.get(name);
  if (set === undefined) return [];
  const kept = (clients.get(serverOfClients(name) ?? 0) ?? []).slice(0, set.size);
  return kept.length === 0 ? [addSet(name, set)] : [addSet(name, set), addClients(name, kept)];
};

const withChain = ({ chains }: NftRuleset, name: string, commands: (chain: Chain) => NftCommand[]): NftCommand[] => {
  const chain = chains.get(name);
  return chain === undefined ? [] : commands(chain);
};
