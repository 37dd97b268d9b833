import { setTimeout as rest } from 'node:timers/promises';
import { signalAll } from '../../support/process-tree.ts';
import { type Fault, nothingLost } from '../fault.ts';
import { type PartName, serverNames, serviceNames } from '../stack/stack.ts';

/** Shorter than the ten seconds after which a client gives up, so that a pause of HAProxy shows as a gap. */
const pauseMs = [2_000, 5_000] as const;

const pausing = (name: PartName): Fault => ({
  name: `pause of ${name}`,
  promise: nothingLost,
  inflict: async ({ stack }, chance) => {
    const resume = await stack.part(name).pause();
    await rest(chance.between(...pauseMs));
    resume();
  },
});

const pausingHaproxy: Fault = {
  name: 'pause of HAProxy',
  promise: { kind: 'clients-notice', why: 'nobody carries for so long; what waits is answered when it goes on' },
  inflict: async ({ stack }, chance) => {
    const { master, workers } = await stack.haproxy();
    const victims = [...workers, master ?? []].flat();
    signalAll(victims, 'SIGSTOP');
    await rest(chance.between(...pauseMs));
    signalAll(victims, 'SIGCONT');
  },
};

export const pauses: readonly Fault[] = [...[...serviceNames, ...serverNames].map(pausing), pausingHaproxy];
