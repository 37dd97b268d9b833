import type { Random } from './random.ts';

/** One thing that goes wrong, or that an operator does, at a time of the world. */
export type Fault = { readonly at: number } & (
  | { readonly kind: 'cut' | 'nats-cut'; readonly node: number; readonly forMs: number }
  | { readonly kind: 'gateway-down' | 'nats-pause'; readonly forMs: number }
  | { readonly kind: 'nats-forgets' }
  | { readonly kind: 'pause' | 'kill' | 'power-loss'; readonly node: number; readonly forMs: number }
  | { readonly kind: 'loss'; readonly from: number; readonly share: number; readonly forMs: number }
  | { readonly kind: 'make-active'; readonly node: number; readonly force: boolean }
  | { readonly kind: 'maintenance'; readonly node: number; readonly forMs: number }
);

export const faultKinds = [
  'cut',
  'nats-cut',
  'gateway-down',
  'nats-pause',
  'nats-forgets',
  'pause',
  'kill',
  'power-loss',
  'loss',
  'make-active',
  'maintenance',
] as const satisfies readonly Fault['kind'][];

/** Some of them between `from` and `to`, overlapping at will. */
export const drawFaults = (random: Random, nodes: number, from: number, to: number): readonly Fault[] =>
  Array.from({ length: random.whole(1, 9) }, () => drawFault(random, nodes, random.between(from, to))).toSorted(
    (one, other) => one.at - other.at,
  );

const drawFault = (random: Random, nodes: number, at: number): Fault => {
  const kind = random.pick(faultKinds);
  const node = random.whole(0, nodes - 1);
  // Short ones are as wicked as long ones.
  const forMs = random.isOne(0.5) ? random.between(5, 600) : random.between(600, 4_000);
  switch (kind) {
    case 'gateway-down':
    case 'nats-pause':
      return { at, kind, forMs };
    case 'nats-forgets':
      return { at, kind };
    case 'loss':
      return { at, kind, from: node, share: random.isOne(0.3) ? 1 : random.next(), forMs };
    case 'make-active':
      return { at, kind, node, force: random.isOne(0.3) };
    default:
      return { at, kind, node, forMs };
  }
};
