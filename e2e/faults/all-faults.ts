import { alone } from './faults/alone.ts';
import { backEndKilled } from './faults/back-end.ts';
import { busFaults } from './faults/bus.ts';
import { changesUnderLoad } from './faults/changes-under-load.ts';
import { clockJumped } from './faults/clock-jumped.ts';
import { diskFaults } from './faults/disk.ts';
import { kills } from './faults/kill.ts';
import { pauses } from './faults/pause.ts';
import { postgresRestarted } from './faults/postgres-restarted.ts';
import { randomCommits } from './faults/random-commits.ts';
import type { Fault } from './fault.ts';

const minuteMs = 60_000;

/** A few seconds each. */
export const shortFaults: readonly Fault[] = [
  ...kills,
  ...pauses,
  ...busFaults,
  postgresRestarted,
  ...diskFaults,
  clockJumped,
  backEndKilled,
  randomCommits(500),
];

/** For every run of the tests. */
export const aloneShortly = alone(minuteMs);

/** Once in a run, whatever the number of rounds. */
export const longFaults: readonly Fault[] = [
  changesUnderLoad({ runtime: 500, structural: 0, seconds: 60 }),
  changesUnderLoad({ runtime: 500, structural: 50, seconds: 60 }),
  alone(10 * minuteMs),
];
