import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import { aPicture } from '../../test/layer7/index.ts';
import { layer7Counts } from './connection-counts.ts';

const { cluster } = aPicture({
  services: [
    { number: 1, realServers: [{ number: 2 }, { number: 3, spec: { label: 'other' } }] },
    { number: 4, spec: { ports: [137], layer: 4, mode: 'udp' }, realServers: [{ number: 5 }] },
  ],
});

it('tells the open connections of each service of layer 7 and of its real servers by their ids', () => {
  const connections = new Map([
    ['vs1', 9],
    ['rs2', 8],
    ['GLOBAL', 1],
  ]);
  expect(layer7Counts(cluster, connections)).toEqual({
    services: [{ id: virtualServiceId(1), connections: 9 }],
    realServers: [
      { id: realServerId(2), connections: 8 },
      { id: realServerId(3), connections: 0 },
    ],
  });
});
