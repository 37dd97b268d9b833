import { freePort, unmetNeeds } from '@evenkeel/testing/lab';
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { ask } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { selfSigned } from '../test/certificate.ts';
import { serveTcp } from '../test/loopback-server.ts';
import { startOpenssl } from '../test/openssl.ts';

const atEnd = cleanUpAfterEach();
const missing = unmetNeeds('openssl');
if (missing.length > 0) throw new Error(`this suite needs a real TLS server: ${missing.join('; ')}`);

describe('against OpenSSL', () => {
  it.each(['1.2', '1.3'])('passes with TLS %s, and shows the certificate', async (version) => {
    const { port, stop } = await startOpenssl(`-tls${version.replace('.', '_')}`);
    atEnd(stop);
    expect(await ask({ kind: 'tls' }, port)).toMatchObject({
      outcome: 'passed',
      reason: 'check-passed',
      detail: `127.0.0.1:${port} finished the TLS handshake (TLSv${version})`,
      certificate: { subject: 'CN=pacs.example' },
    });
  });

  it('verifies when asked to', async () => {
    const { port, stop } = await startOpenssl();
    atEnd(stop);
    expect(await ask({ kind: 'tls', verify: true, serverName: 'pacs.example' }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'tls-failed',
      detail: `TLS with 127.0.0.1:${port} failed: self-signed certificate`,
    });
  });

  it('says that a version is too old for us', async () => {
    const { port, stop } = await startOpenssl('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
    atEnd(stop);
    expect(await ask({ kind: 'tls' }, port)).toMatchObject({ outcome: 'failed', reason: 'tls-failed' });
  });

  it('catches one that hangs, though its port still accepts', async () => {
    const { port, server, stop } = await startOpenssl();
    atEnd(stop);
    server.pause();
    expect(await ask({ kind: 'connect' }, port)).toMatchObject({ outcome: 'passed' });
    expect(await ask({ kind: 'tls', timeout: '300ms' }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'tls-failed',
      detail: `127.0.0.1:${port} accepted the connection but did not finish the TLS handshake within 300ms`,
    });
  });
});

describe('the days left', () => {
  const withDays = async (days: number, minimumDaysLeft?: number) => {
    const server = createServer(await selfSigned(days)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    atEnd(async () => {
      server.close();
      await once(server, 'close');
    });
    return ask({ kind: 'tls', minimumDaysLeft }, (server.address() as AddressInfo).port);
  };

  it('decide when the check says how many', async () => {
    expect(await withDays(30, 30)).toMatchObject({ outcome: 'passed' });
    const result = await withDays(29, 30);
    expect(result).toMatchObject({ outcome: 'failed', reason: 'certificate-ends' });
    expect(result.detail).toMatch(/\(CN=pacs.example\) ends on [\d-]+, in 29 days; 30 at least were asked for$/);
    expect(result.certificate).toMatchObject({ subject: 'CN=pacs.example' });
  });

  it('are told without that, and decide nothing', async () => {
    const result = await withDays(1);
    expect(result).toMatchObject({ outcome: 'passed' });
    expect(result.detail).toMatch(/ends on [\d-]+, in 1 day$/);
    expect(await withDays(-1)).toMatchObject({
      outcome: 'passed',
      detail: expect.stringContaining('ended on') as unknown,
    });
  });
});

it('says what keeps it from a handshake', async () => {
  expect(await ask({ kind: 'tls' }, await freePort())).toMatchObject({ outcome: 'failed', reason: 'connect-refused' });
  const { port, stop } = await serveTcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
  atEnd(stop);
  expect(await ask({ kind: 'tls' }, port)).toMatchObject({ outcome: 'failed', reason: 'tls-failed' });
});
