import { describeNeeding, freePort } from '@evenkeel/testing/lab';
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { ask } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { selfSigned } from '../test/certificate.ts';
import { startStorescp } from '../test/dcmtk.ts';
import { startDnsmasq } from '../test/dnsmasq.ts';
import { serveTcp, serveUdp } from '../test/loopback-server.ts';

// Every way to the network that the checks have, over IPv6.

const atEnd = cleanUpAfterEach();
const address = '::1';

describeNeeding(describe, 'ipv6')('a target with an IPv6 address', () => {
  it('is connected to, from the address that the check names', async () => {
    const from = Promise.withResolvers<string | undefined>();
    const { port, stop } = await serveTcp((socket) => from.resolve(socket.remoteAddress), address);
    atEnd(stop);
    expect(await ask({ kind: 'connect', source: '::1' }, { address, port })).toMatchObject({
      outcome: 'passed',
      detail: `[::1]:${port} accepted a connection`,
    });
    expect(await from.promise).toBe('::1');
  });

  it('is named in brackets when nothing listens there', async () => {
    const port = await freePort(address);
    expect(await ask({ kind: 'connect' }, { address, port })).toMatchObject({
      reason: 'connect-refused',
      detail: `[::1]:${port} refused: nothing listens there`,
    });
  });

  it.each([
    ['127.0.0.1', '::1'],
    ['::1', '127.0.0.1'],
  ])('is not asked from an address of the other family: %s asks %s', async (source, target) => {
    const result = await ask({ kind: 'connect', source }, { address: target, port: 104 });
    expect(result).toMatchObject({ outcome: 'not-asked', reason: 'checker-failed' });
    expect(result.detail).toContain(`from ${source}: one of them is IPv6, the other is not`);
  });

  it('is asked by HTTP for the host in brackets', async () => {
    const hosts: (string | undefined)[] = [];
    const server = createServer(({ headers }, response) => {
      hosts.push(headers.host);
      response.end();
    }).listen(0, address);
    await once(server, 'listening');
    atEnd(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await ask({ kind: 'http' }, { address, port })).toMatchObject({ outcome: 'passed' });
    expect(hosts).toEqual([`[::1]:${port}`]);
  });

  it('finishes a TLS handshake', async () => {
    const server = createTlsServer(await selfSigned(), (socket) => socket.on('error', () => undefined));
    server.listen(0, address);
    await once(server, 'listening');
    atEnd(() => void server.close());
    const { port } = server.address() as AddressInfo;
    expect(await ask({ kind: 'tls' }, { address, port })).toMatchObject({ outcome: 'passed' });
  });

  it('answers over UDP', async () => {
    const { port, stop } = await serveUdp(
      (packet, from, socket) => socket.send(packet, from.port, from.address),
      address,
    );
    atEnd(stop);
    expect(await ask({ kind: 'udp', request: 'hello' }, { address, port })).toMatchObject({
      outcome: 'passed',
      detail: `UDP [::1]:${port} answered with 5 bytes`,
    });
    expect(await ask({ kind: 'netbios-node-status', timeout: '200ms' }, { address, port })).toMatchObject({
      outcome: 'failed',
    });
  });
});

describeNeeding(
  describe,
  'ipv6',
  'dnsmasq',
)('a name server with an IPv6 address', () => {
  it('answers', async () => {
    const { port, stop } = await startDnsmasq('--listen-address=::1');
    atEnd(stop);
    expect(await ask({ kind: 'dns', name: 'pacs.example', source: '::1' }, { address, port })).toMatchObject({
      outcome: 'passed',
      detail: `[::1]:${port}, asked for A of pacs.example, answered 127.85.0.200`,
    });
  });
});

describeNeeding(
  describe,
  'ipv6',
  'ping',
)('a machine with an IPv6 address', () => {
  it('answers a ping', async () => {
    const result = await ask({ kind: 'ping', source: '::1' }, { address, port: 0 });
    expect(result).toMatchObject({ outcome: 'passed', reason: 'check-passed' });
    expect(result.detail).toMatch(/^::1 answered a ping in [\d.]+ ms$/);
  });
});

describeNeeding(
  describe,
  'ipv6',
  'echoscu',
)('a PACS with an IPv6 address', () => {
  it('answers C-ECHO', async () => {
    const pacs = await startStorescp(); // listens on IPv4 only
    atEnd(pacs.stop);
    const { port, stop } = await serveTcp((socket) => {
      const behind = connect(pacs.port, '127.0.0.1').on('error', () => socket.destroy());
      socket.pipe(behind).pipe(socket);
    }, address);
    atEnd(stop);
    expect(await ask({ kind: 'dicom-echo' }, { address, port })).toMatchObject({
      outcome: 'passed',
      detail: `[::1]:${port} answered C-ECHO with success`,
    });
  });
});
