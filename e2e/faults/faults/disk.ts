import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as rest } from 'node:timers/promises';
import { until } from '@evenkeel/testing/lab';
import { StructureLane } from '../changes.ts';
import { type Fault, nothingLost } from '../fault.ts';

const full: Fault = {
  name: "disk full under the worker's folder",
  promise: nothingLost,
  inflict: async (stage, chance) => {
    // Each needs a reload, and so room for a new configuration.
    const structure = new StructureLane(stage.api, 19_999);
    const free = await stage.stack.disk.fill();
    try {
      await structure.next('with a full disk');
      await rest(chance.between(1_000, 3_000));
      if (chance.next() < 0.5) await (await stage.stack.part('proxy').kill())();
    } finally {
      await free();
    }
    await structure.next('with room again');
  },
};

/** What a power cut leaves of a file that was being written. */
const torn: Fault = {
  name: 'state file torn, worker killed',
  promise: nothingLost,
  inflict: async (stage, chance) => {
    const file = stage.stack.disk.path('last-served.json');
    await until('there is a state file', () => readFile(file).then(Boolean, () => false));
    const comesBack = await stage.stack.part('proxy').kill();
    const whole = await readFile(file);
    await writeFile(file, whole.subarray(0, chance.between(0, whole.length - 1)));
    await comesBack();
  },
};

export const diskFaults: readonly Fault[] = [full, torn];
