import { TcpCheck } from '@evenkeel/contracts';
import { SystemClock } from '@evenkeel/kernel/system';
import { describe, expect, it } from '@jest/globals';
import { networkInterfaces } from 'node:os';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { serveTcp } from '../test/loopback-server.ts';
import { ownPlaces, Probes } from './index.ts';

const atEnd = cleanUpAfterEach();
const isOurs = ownPlaces(['nats://10.9.8.7:4333', '127.0.0.1:4223', 'bus.example', '[2001:db8::7]:4334'], [5433]);

describe('the control plane is not checked', () => {
  it.each([
    ['the API on loopback', '127.0.0.1', 9443],
    ['the API on another loopback address', '127.85.0.1', 9443],
    ['a port of the settings, by the address that means this host', '0.0.0.0', 5433],
    ['the bus', '127.0.0.1', 4223],
    ['the usual port of the bus', '127.0.0.1', 4222],
    ['a bus elsewhere', '10.9.8.7', 4333],
    ['a bus elsewhere, by IPv6', '2001:db8::7', 4334],
    ['a bus elsewhere, written another way', '2001:DB8:0::0007', 4334],
    ['a bus elsewhere, by IPv4 in IPv6', '::ffff:10.9.8.7', 4333],
    ['the API on loopback, by IPv6', '::1', 9443],
    ['the API on loopback, written another way', '0:0:0:0:0:0:0:1', 9443],
    ['the API on loopback, by IPv4 in IPv6', '::ffff:127.0.0.1', 9443],
    ['the API by IPv4 in IPv6 written in hexadecimal', '::ffff:7f55:1', 9443],
    ['a port of the settings, by the IPv6 address that means this host', '::', 5433],
  ])('not %s', (_what, address, port) => expect(isOurs({ address, port })).toBe(true));

  it("not the API on any of this machine's addresses", () => {
    const addresses = Object.values(networkInterfaces()).flatMap((several) => several ?? []);
    expect(addresses.every(({ address }) => isOurs({ address, port: 9443 }))).toBe(true);
    const mapped = addresses.filter(({ family }) => family === 'IPv4').map(({ address }) => `::ffff:${address}`);
    expect(mapped.every((address) => isOurs({ address, port: 9443 }))).toBe(true);
  });

  it.each([
    ["another machine's port of that number", '192.168.85.200', 9443],
    ['another port of the machine of the bus', '10.9.8.7', 104],
    ['another port of this machine', '127.0.0.1', 104],
    ['another port of this machine, by IPv6', '::1', 104],
    ["another machine's port of that number, by IPv6", '2001:db8::200', 9443],
  ])('%s is', (_what, address, port) => expect(isOurs({ address, port })).toBe(false));
});

it('does not open a connection there, and says why', async () => {
  let asked = 0;
  const { port, stop } = await serveTcp(() => (asked += 1));
  atEnd(stop);
  const probes = new Probes(new SystemClock(), ownPlaces([`127.0.0.1:${port}`]));
  const check = TcpCheck.parse({ kind: 'http', method: 'GET', path: '/varz' });
  if (check.kind !== 'http') throw new Error('an HTTP check was written');
  expect(await probes.probe(check, { address: '127.0.0.1', port })).toMatchObject({
    outcome: 'not-asked',
    reason: 'not-allowed',
    detail: `127.0.0.1:${port} belongs to the control plane, and no check goes there`,
  });
  expect(asked).toBe(0);
});
