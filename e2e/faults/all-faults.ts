import { busFaults } from './faults/bus.ts';
import { clockJumped } from './faults/clock-jumped.ts';
import { diskFaults } from './faults/disk.ts';
import { kills } from './faults/kill.ts';
import { pauses } from './faults/pause.ts';
import { postgresRestarted } from './faults/postgres-restarted.ts';
import { randomCommits } from './faults/random-commits.ts';
import type { Fault } from './fault.ts';

export const allFaults: readonly Fault[] = [
  ...kills,
  ...pauses,
  ...busFaults,
  postgresRestarted,
  ...diskFaults,
  clockJumped,
  randomCommits(500),
];
