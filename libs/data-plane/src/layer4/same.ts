import canonicalize from 'canonicalize';
import { type Chain, kernelSetSize, type TimedSet } from './ruleset.ts';
import { type RunningChain, type RunningSet } from './running.ts';

/**
 * Whether the kernel runs this chain as it is wanted: same hook, same rules in the same order. nft lists most rules the
 * way we write them, and then a look at the text is enough.
 */
export const isSameChain = (wanted: Chain, running: RunningChain): boolean =>
  textOf(wanted) === textOf(running) || shapeOf(wanted) === shapeOf(running);

/**
 * Whether a set has the wanted definition. Its elements are its own affair. nft 1.0.6 keeps quiet about the flag that the
 * kernel gives to a set that rules write.
 */
export const isSameSet = (wanted: TimedSet, { type, size, flags }: RunningSet): boolean =>
  type === wanted.type &&
  (size ?? kernelSetSize) === wanted.size &&
  flags.filter((flag) => flag !== 'dynamic').join() === 'timeout';

/** Chains are replaced and never changed: what was written out once need not be again. */
const texts = new WeakMap<RunningChain, string>();

const textOf = (chain: RunningChain): string => {
  const known = texts.get(chain);
  if (known !== undefined) return known;
  const text = JSON.stringify([chain.hook ?? null, chain.rules]);
  texts.set(chain, text);
  return text;
};

const shapeOf = ({ hook, rules }: RunningChain): string =>
  canonicalize({ hook: hook ?? null, rules: rules.map(inOneOrder) }) ?? '';

/** nft lists the elements of a set in an order of its own. */
const inOneOrder = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(inOneOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const ordered: unknown = inOneOrder(inner);
      return [key, key === 'set' && Array.isArray(ordered) ? ordered.toSorted(byShape) : ordered];
    }),
  );
};

const byShape = (a: unknown, b: unknown): number => ((canonicalize(a) ?? '') < (canonicalize(b) ?? '') ? -1 : 1);
