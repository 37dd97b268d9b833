import type { ClusterEvent, Revision } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import {
  clusterOf,
  dicomWithTwo,
  disabled,
  drainStarted,
  halted,
  pacs,
  serverAdded,
  serviceAdded,
  settingsChanged,
} from '../test/told.ts';
import { touched } from './touched.ts';

const cluster = clusterOf(...dicomWithTwo);
const service = virtualServiceId(1);
const [first, second] = [realServerId(51), realServerId(52)];
const [machine, otherMachine] = ['machine:192.168.85.200', 'machine:192.168.85.201'];

it.each<[string, ClusterEvent[], string[]]>([
  ['a service that changed', [disabled(1)], [service]],
  ['the machine and the service of a real server', [drainStarted(51)], [service, first, machine]],
  [
    'both machines of a real server that moved',
    [{ kind: 'RealServerModified', realServerId: first, changed: ['address'], realServer: pacs(9) }],
    [service, first, machine, 'machine:192.168.85.208'],
  ],
  [
    'everything that goes with a service',
    [{ kind: 'VirtualServiceRemoved', virtualServiceId: service }],
    [service, first, second, machine, otherMachine],
  ],
  [
    'what was made earlier in the same commit',
    [serviceAdded(2), serverAdded(53, 2), halted(53)],
    [virtualServiceId(2), realServerId(53), 'machine:192.168.85.202'],
  ],
  ['the settings', [settingsChanged({ massRemovalPercent: 50 })], ['settings']],
  ['nothing for a word on where the rest comes from', [{ kind: 'CommitReverted', revision: 1 as Revision }], []],
  ['each thing once', [drainStarted(51), halted(52)], [service, first, second, machine, otherMachine]],
])('names %s, sorted', (_what, events, entities) => {
  expect(touched(cluster, events)).toEqual(entities.toSorted());
});
