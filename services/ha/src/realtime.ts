import { dlopen } from 'node:ffi';
import { setPriority } from 'node:os';

/** How this process is scheduled: whether four busy programs can make it late. */
export type Scheduling = 'realtime' | 'raised' | 'normal';

const roundRobin = 2;
const raised = -15;

/** As soon as it may, ahead of everybody else; a stall of this process is a mute address. `priority`: 1 to 99, the greatest first. */
export const scheduleFirst = (priority = 10): Scheduling => {
  const { functions } = dlopen(null, {
    sched_setscheduler: { arguments: ['int32', 'int32', 'buffer'], return: 'int32' },
  });
  const parameters = Buffer.alloc(4);
  parameters.writeInt32LE(priority);
  if (functions.sched_setscheduler(0, roundRobin, parameters) === 0) return 'realtime';
  try {
    setPriority(raised);
    return 'raised';
  } catch {
    return 'normal';
  }
};
