import { type Fault, nothingLost } from '../fault.ts';
import { killHaproxy } from '../stack/kill-haproxy.ts';
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
  inflict: ({ stack }) => killHaproxy(stack, which),
});

export const kills: readonly Fault[] = [
  ...[...serviceNames, ...serverNames].map(killing),
  killingHaproxy('worker'),
  killingHaproxy('master'),
];
