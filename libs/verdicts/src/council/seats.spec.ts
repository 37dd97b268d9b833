import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { comesBefore, type Seat, textHash } from './seats.ts';

const seatsOf = (count: number): Seat[] =>
  Array.from({ length: count }, (_, index) => ({ checker: `health-${index + 1}`, run: `run-${index}` }));
const targets = Array.from({ length: 2_000 }, (_, index) => `10.0.${index >> 8}.${index & 255} 104 {"kind":"connect"}`);
const firstFor = (target: string, seats: readonly Seat[]): string =>
  seats.reduce((first, seat) => (comesBefore(textHash(target), seat, first) ? seat : first)).checker;

it('gives everybody about as many targets', () => {
  const counts = new Map<string, number>();
  for (const target of targets) {
    const first = firstFor(target, seatsOf(4));
    counts.set(first, (counts.get(first) ?? 0) + 1);
  }
  expect(counts.size).toBe(4);
  for (const count of counts.values()) {
    expect(count).toBeGreaterThan(400);
    expect(count).toBeLessThan(600);
  }
});

it('moves nobody else when one goes', () => {
  const [gone, ...others] = seatsOf(4);
  for (const target of targets) {
    const before = firstFor(target, [gone!, ...others]);
    if (before !== gone?.checker) expect(firstFor(target, others)).toBe(before);
  }
});

it('is the same after a restart, and tells two of one name apart', () => {
  const seats = seatsOf(3);
  const restarted = seats.map(({ checker }) => ({ checker, run: 'later' }));
  for (const target of targets.slice(0, 100)) expect(firstFor(target, restarted)).toBe(firstFor(target, seats));
  const [one, other] = ['a', 'b'].map((run) => ({ checker: 'health-1', run }));
  expect([comesBefore(1, one!, other!), comesBefore(1, other!, one!)]).toEqual([true, false]);
});

it('is an order: of two one comes first, whatever their names', () => {
  const seat = fc.record({ checker: fc.string(), run: fc.string() });
  fc.assert(
    fc.property(fc.nat(), seat, seat, (target, one, other) => {
      fc.pre(one.checker !== other.checker || one.run !== other.run);
      return comesBefore(target, one, other) !== comesBefore(target, other, one);
    }),
  );
});
