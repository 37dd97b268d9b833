import { setTimeout as rest } from 'node:timers/promises';
import type { Fault } from '../fault.ts';

/** Until the checks have seen it, clients of that machine meet what is left of it. */
export const backEndKilled: Fault = {
  name: "kill -9 of a machine's web server",
  promise: { kind: 'clients-notice', why: 'until the checks have seen it: three failures, half a second apart' },
  inflict: async ({ stack }, chance) => {
    const index = chance.between(0, 2);
    await stack.killWeb(index);
    await rest(chance.between(3_000, 5_000));
    await stack.startWeb(index);
  },
};
