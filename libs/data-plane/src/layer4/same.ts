import canonicalize from 'canonicalize';
import { type Chain, type TimedSet } from './ruleset.ts';
import { type RunningChain, type RunningSet } from './running.ts';

/** Whether the kernel runs this chain as it is wanted: same hook, same rules in the same order. */
export const isSameChain = (wanted: Chain, running: RunningChain): boolean => wantedShape(wanted) === shapeOf(running);

/** Whether a set has the wanted definition. Its elements are its own affair. */
export const isSameSet = (wanted: TimedSet, { type, size, flags }: RunningSet): boolean =>
  type === wanted.type && size === wanted.size && flags.length === 1 && flags[0] === 'timeout';

const wantedShapes = new WeakMap<Chain, string>();

/** Chains of services that did not change are the same objects, and need not be written out again. */
const wantedShape = (chain: Chain): string => {
  const known = wantedShapes.get(chain);
  if (known !== undefined) return known;
  const shape = shapeOf(chain);
  wantedShapes.set(chain, shape);
  return shape;
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
