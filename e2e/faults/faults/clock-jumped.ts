import { setTimeout as rest } from 'node:timers/promises';
import { type Fault, nothingLost } from '../fault.ts';
import { serviceNames } from '../stack/stack.ts';

const hourMs = 3_600_000;

/** The wall clock of all services, or of one alone, so that they disagree; there, and back again. */
export const clockJumped: Fault = {
  name: 'clock jumped by an hour',
  promise: nothingLost,
  inflict: async ({ stack }, chance) => {
    const names = chance.pick([serviceNames, ...serviceNames.map((name) => [name] as const)]);
    const byMs = chance.pick([hourMs, -hourMs]);
    const move = (ms: number): Promise<unknown> => Promise.all(names.map((name) => stack.moveClock(name, ms)));
    await move(byMs);
    await rest(chance.between(2_000, 5_000));
    await move(0);
  },
};
