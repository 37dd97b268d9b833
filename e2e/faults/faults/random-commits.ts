import { setTimeout as rest } from 'node:timers/promises';
import { StructureLane } from '../changes.ts';
import { type Fault, nothingLost } from '../fault.ts';
import { forgottenOf } from '../forgotten.ts';
import { runtimeLanes } from '../runtime-lanes.ts';
import { take, turns } from '../turns.ts';

/** As fast as three people at once can write them; a fourth changes the structure, once in fifty times. */
export const randomCommits = (count: number): Fault => ({
  name: `${count} random commits`,
  promise: nothingLost,
  inflict: async (stage, chance) => {
    const structural = 2 * Math.round(count / 100); // what is added goes again
    const left = turns(count - structural);
    const own = turns(structural);
    const written = await Promise.all([
      ...(await runtimeLanes(stage)).map((lane) => take(lane, left)),
      take(new StructureLane(stage.api, 20_000), own, () => rest(chance.between(0, 500))),
    ]);
    const forgotten = (await Promise.all(written.map((one) => forgottenOf(stage.api, one)))).flat();
    if (forgotten.length > 0) throw new Error(forgotten.join('\n'));
  },
});
