import { expect, it } from '@jest/globals';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { infinittCheck, pictureOf } from '../../test/layer4/picture-of.ts';
import { layer4Counts } from './connection-counts.ts';
import { pathsOf } from './connection-path.ts';
import { wantedLayer4 } from './wanted.ts';

it('adds up the connections of a real server over all ports and transports, and those of a service over its servers', () => {
  const picture = pictureOf(infinittCheck());
  const used = pathsOf(wantedLayer4(picture, 'ip').services).map(
    ({ from: port, server, transport, address, toAddress, toPort }) => ({
      ...{ server, transport, address, toAddress, port, toPort: toPort ?? port },
      connections: server,
    }),
  );
  expect(
    layer4Counts(
      picture.cluster,
      used.filter(({ server }) => server !== 4),
    ),
  ).toEqual({
    services: [{ id: virtualServiceId(1), connections: 2 * (2 + 3) }],
    realServers: [
      { id: realServerId(2), connections: 4 },
      { id: realServerId(3), connections: 6 },
      { id: realServerId(4), connections: 0 },
    ],
  });
});
