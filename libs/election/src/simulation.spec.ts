import { expect, it } from '@jest/globals';
import type { Mutation } from '../test/simulation/mutation.ts';
import { tell, wickedStoryOf } from '../test/simulation/simulate.ts';

// Whether the simulation would notice. The stories with all the rules are in simulation.int.spec.ts.

it.each<Mutation>(['no-dead-man', 'no-ticket', 'no-probe', 'no-gateway-vote', 'short-silence'])(
  'a rule of safety that is left out is missed: %s',
  (mutation) => {
    let seed = 1;
    while (seed < 2_000 && tell(wickedStoryOf(seed), mutation).broken.length === 0) seed += 1;
    expect(seed).toBeLessThan(2_000);
    expect(tell(wickedStoryOf(seed)).broken).toEqual([]);
  },
  300_000,
);
