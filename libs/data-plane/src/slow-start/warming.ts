import { type RealServerId, type RealServerState } from '@evenkeel/contracts';

/** How many percent of its weight count of a real server that has just come back. Who is not in it is warm. */
export type Warming = ReadonlyMap<RealServerId, number>;

export const nobodyWarms: Warming = new Map();

type Weighed = Pick<RealServerState, 'id' | 'spec'>;
/** The weight that counts now, in proportion to those of the others of the same service. */
export type WeightNow = (realServer: Weighed) => number;

/** Where only proportions count, and numbers may be as large as they need. */
export const exactWeights = (realServers: readonly Weighed[], warming: Warming): WeightNow => {
  const isAnyWarming = realServers.some(({ id }) => warming.has(id));
  if (!isAnyWarming) return asConfigured;
  return ({ id, spec }) => spec.weight * (warming.get(id) ?? 100);
};

/** HAProxy takes whole numbers up to so many. */
const weightMax = 256;
/** A weight of at least so many can be told in tenths. */
const tenths = 10;

/**
 * In whole numbers up to 256. A tenth of a weight of 1 cannot be said: then the weights of all are multiplied, as far as the
 * heaviest allows, for as long as somebody warms. Whoever has a weight keeps one.
 */
export const wholeWeights = (realServers: readonly Weighed[], warming: Warming): WeightNow => {
  const coming = realServers.filter(({ id, spec }) => warming.has(id) && spec.weight > 0);
  if (coming.length === 0) return asConfigured;
  const lightest = Math.min(...coming.map(({ spec }) => spec.weight));
  const heaviest = Math.max(...realServers.map(({ spec }) => spec.weight));
  const factor = Math.max(1, Math.min(Math.ceil(tenths / lightest), Math.floor(weightMax / heaviest)));
  return ({ id, spec: { weight } }) =>
    weight === 0 ? 0 : Math.max(1, Math.round((weight * factor * (warming.get(id) ?? 100)) / 100));
};

const asConfigured: WeightNow = ({ spec }) => spec.weight;
