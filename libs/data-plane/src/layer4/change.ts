import { type NftRuleset } from './ruleset.ts';
import { type RunningLayer4 } from './running.ts';
import { isSameChain, isSameSet } from './same.ts';

/** One object of our table that is not as it should be. `kind` is nft's word for it. */
export type Change = { readonly kind: string; readonly name: string; readonly what: What };
type What = 'missing' | 'different' | 'not wanted';

export const changesBetween = (wanted: NftRuleset, running: RunningLayer4): readonly Change[] => [
  ...compare('set', wanted.sets, running.sets, isSameSet),
  ...compare('counter', keyed(wanted.counters), keyed(running.counters), () => true),
  ...compare('chain', wanted.chains, running.chains, isSameChain),
  ...running.strangers.map((stranger): Change => ({ ...stranger, what: 'not wanted' })),
];

/** For a person: `chain service_5 is different`. */
export const inWords = ({ kind, name, what }: Change): string => `${kind} ${name} is ${what}`;

const compare = <Wanted, Running>(
  kind: string,
  wanted: ReadonlyMap<string, Wanted>,
  running: ReadonlyMap<string, Running>,
  isSame: (wanted: Wanted, running: Running) => boolean,
): Change[] => {
  const ours = [...wanted].flatMap(([name, item]): Change[] => {
    const present = running.get(name);
    if (present === undefined) return [{ kind, name, what: 'missing' }];
    return isSame(item, present) ? [] : [{ kind, name, what: 'different' }];
  });
  const extra = [...running.keys()].filter((name) => !wanted.has(name));
  return [...ours, ...extra.map((name): Change => ({ kind, name, what: 'not wanted' }))];
};

const keyed = (names: ReadonlySet<string>): ReadonlyMap<string, true> =>
  new Map([...names].map((name) => [name, true]));
