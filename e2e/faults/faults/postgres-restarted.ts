import { setTimeout as rest } from 'node:timers/promises';
import { type Fault, nothingLost } from '../fault.ts';

export const postgresRestarted: Fault = {
  name: 'Postgres restarted',
  promise: nothingLost,
  inflict: async ({ stack }, chance) => {
    const postgres = stack.part('postgres');
    await postgres.stop();
    await rest(chance.between(0, 3_000));
    await postgres.start();
  },
};
