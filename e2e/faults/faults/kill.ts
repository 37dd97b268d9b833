import { until } from '@evenkeel/testing/lab';
import { signalAll } from '../../support/process-tree.ts';
import { type Fault, nothingLost } from '../fault.ts';
import { type PartName, serverNames, serviceNames } from '../stack/stack.ts';

const killing = (name: PartName): Fault => ({
  name: `kill -9 of ${name}`,
  promise: nothingLost,
  inflict: async ({ stack }) => {
    const comesBack = await stack.part(name).kill();
    await comesBack();
  },
});

const killingHaproxy = (which: 'master' | 'worker'): Fault => ({
  name: `kill -9 of HAProxy's ${which}`,
  promise: { kind: 'clients-notice', why: 'all connections of layer 7 are in this process' },
  inflict: async ({ stack }) => {
    const before = await stack.haproxy();
    signalAll(which === 'worker' ? before.workers : [before.master ?? 0], 'SIGKILL');
    const isBack = async (): Promise<boolean> => {
      const { master, workers } = await stack.haproxy();
      return master !== undefined && workers.some((pid) => !before.workers.includes(pid));
    };
    await until('HAProxy runs again', isBack, { withinMs: 30_000 });
  },
});

export const kills: readonly Fault[] = [
  ...[...serviceNames, ...serverNames].map(killing),
  killingHaproxy('worker'),
  killingHaproxy('master'),
];
