import { freePort, startOrthanc, unmetNeeds, until } from '@evenkeel/testing/lab';
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { ask } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { startDcmqrscp, startStorescp, startTlsStorescp } from '../test/dcmtk.ts';
import { serveTcp } from '../test/loopback-server.ts';
import { associateRequest } from './dicom/upper-layer.ts';

const atEnd = cleanUpAfterEach();
const missing = unmetNeeds('Orthanc', 'echoscu', 'curl');
if (missing.length > 0) throw new Error(`this suite needs real DICOM servers: ${missing.join('; ')}`);

describe('against Orthanc', () => {
  it('passes, and catches a hung archive whose port still accepts', async () => {
    const address = '127.0.0.1';
    const [httpPort, dicomPort] = [await freePort(), await freePort()];
    const orthanc = await startOrthanc({
      address,
      httpPort,
      dicomPorts: [dicomPort],
      aeTitle: 'ORTHANC',
      name: 'probed',
    });
    atEnd(() => orthanc.kill());
    expect(await ask({ kind: 'dicom-echo', calledAe: 'ORTHANC' }, dicomPort)).toMatchObject({
      outcome: 'passed',
      reason: 'check-passed',
      detail: `127.0.0.1:${dicomPort} answered C-ECHO with success`,
    });

    orthanc.pause();
    expect(await ask({ kind: 'connect' }, dicomPort)).toMatchObject({ outcome: 'passed' });
    const result = await ask({ kind: 'dicom-echo', calledAe: 'ORTHANC', timeout: '400ms' }, dicomPort);
    expect(result).toMatchObject({ outcome: 'failed', reason: 'dicom-timeout' });
    expect(result.detail).toBe(
      `127.0.0.1:${dicomPort} accepted the connection, but did not answer the association request within 400ms`,
    );
    expect(result.tookMs).toBeLessThan(5_000);
  });
});

describe('against DCMTK', () => {
  it('passes, releases politely, and leaves nothing to complain about', async () => {
    const server = await startStorescp('-v');
    atEnd(server.stop);
    expect(await ask({ kind: 'dicom-echo' }, server.port)).toMatchObject({ outcome: 'passed' });
    await until('storescp tells of the release', () =>
      Promise.resolve(server.process.lastWords.includes('Association Release')),
    );
    expect(server.process.lastWords).not.toMatch(/abort|fail|error/i);
  });

  it('is quick: the release costs no wait', async () => {
    const server = await startStorescp();
    atEnd(server.stop);
    const { tookMs } = await ask({ kind: 'dicom-echo' }, server.port);
    expect(tookMs).toBeLessThan(2_000);
  });

  it.each([
    ['MODALITY', 'OTHER'],
    ['STRANGER', 'ARCHIVE'], // dcmqrscp 3.6.7 blames the called title for an unknown calling one too
  ])('a rejection for %s calling %s is no death', async (callingAe, calledAe) => {
    const server = await startDcmqrscp(4);
    atEnd(server.stop);
    const words = `it does not answer to the called AE title "${calledAe}" (result 1, source 1, reason 7)`;
    expect(await ask({ kind: 'dicom-echo', callingAe, calledAe }, server.port)).toMatchObject({
      outcome: 'alive-but-refused',
      reason: 'dicom-rejected',
      detail: `127.0.0.1:${server.port} rejected the association: ${words}`,
    });
    const known = { kind: 'dicom-echo', callingAe: 'MODALITY', calledAe: 'ARCHIVE' } as const;
    expect(await ask(known, server.port)).toMatchObject({ outcome: 'passed' });
  });

  it('a server at its limit of associations has failed: a modality would get no further', async () => {
    const server = await startDcmqrscp(1);
    atEnd(server.stop);
    const modality = connect(server.port, '127.0.0.1');
    atEnd(() => modality.destroy());
    modality.write(associateRequest('MODALITY', 'ARCHIVE'));
    await once(modality, 'data'); // its association is open now
    expect(await ask({ kind: 'dicom-echo', callingAe: 'MODALITY', calledAe: 'ARCHIVE' }, server.port)).toMatchObject({
      outcome: 'failed',
      reason: 'dicom-rejected',
      detail: expect.stringContaining('it has reached its limit of associations (result 2,') as unknown,
    });
  });

  it('a rejection without a reason says so', async () => {
    const server = await startStorescp('--refuse');
    atEnd(server.stop);
    expect(await ask({ kind: 'dicom-echo' }, server.port)).toMatchObject({
      outcome: 'alive-but-refused',
      detail: expect.stringContaining('it gives no reason') as unknown,
    });
  });

  it('passes over TLS, and says it when only one side speaks it', async () => {
    const [secure, plain] = [await startTlsStorescp(), await startStorescp()];
    atEnd(secure.stop);
    atEnd(plain.stop);
    expect(await ask({ kind: 'dicom-echo', tls: {} }, secure.port)).toMatchObject({ outcome: 'passed' });
    expect(await ask({ kind: 'dicom-echo', tls: {} }, plain.port)).toMatchObject({
      outcome: 'failed',
      reason: 'tls-failed',
    });
    expect(await ask({ kind: 'dicom-echo', timeout: '1s' }, secure.port)).toMatchObject({ outcome: 'failed' });
  });
});

describe('the parts of the timeout', () => {
  it('end a wait for the association, while a slower connection may have its time', async () => {
    const server = await startStorescp();
    atEnd(server.stop);
    server.process.pause();
    const check = { kind: 'dicom-echo', timeout: '4s', acseTimeout: '200ms', dimseTimeout: '4s' } as const;
    const result = await ask(check, server.port);
    expect(result).toMatchObject({ outcome: 'failed', reason: 'dicom-timeout' });
    expect(result.detail).toMatch(/did not answer the association request within 200ms$/);
    expect(result.tookMs).toBeLessThan(3_000);
  });

  it('end a wait for the answer to C-ECHO, in whatever pieces it drips', async () => {
    const { port, stop } = await serveTcp((socket) => {
      socket.once('data', () => {
        socket.write(acceptance);
        socket.once('data', () => void dribble(socket, Buffer.from('0400000000240000', 'hex')));
      });
    });
    atEnd(stop);
    const result = await ask({ kind: 'dicom-echo', timeout: '4s', acseTimeout: '2s', dimseTimeout: '300ms' }, port);
    expect(result).toMatchObject({ outcome: 'failed', reason: 'dicom-timeout' });
    expect(result.detail).toMatch(/did not answer C-ECHO within 300ms$/);
    expect(result.tookMs).toBeLessThan(3_000);
  });

  it('do not disturb a server that is quick enough', async () => {
    const server = await startStorescp();
    atEnd(server.stop);
    const check = { kind: 'dicom-echo', acseTimeout: '4s', dimseTimeout: '4s' } as const;
    expect(await ask(check, server.port)).toMatchObject({ outcome: 'passed' });
  });
});

describe('against a server that sends byte by byte', () => {
  it('understands it', async () => {
    const { port, stop } = await serveTcp((socket) => {
      socket.setNoDelay(true).once('data', () => void dribble(socket, rejection));
    });
    atEnd(stop);
    expect(await ask({ kind: 'dicom-echo' }, port)).toMatchObject({ outcome: 'alive-but-refused' });
  });

  it('lets everything else go on while it waits for the rest', async () => {
    const { port, stop } = await serveTcp((socket) =>
      socket.once('data', () => socket.write(rejection.subarray(0, 9))),
    );
    atEnd(stop);
    let turns = 0;
    const counter = setInterval(() => (turns += 1), 10);
    atEnd(() => clearInterval(counter));
    expect(await ask({ kind: 'dicom-echo', timeout: '300ms' }, port)).toMatchObject({ reason: 'dicom-timeout' });
    expect(turns).toBeGreaterThan(10);
  });
});

it('does not wait for a message that is longer than any answer', async () => {
  const { port, stop } = await serveTcp((socket) => socket.write(Buffer.from('0200fffffff0', 'hex')));
  atEnd(stop);
  const result = await ask({ kind: 'dicom-echo' }, port);
  expect(result).toMatchObject({
    outcome: 'failed',
    reason: 'dicom-malformed',
    detail: `127.0.0.1:${port} answered the association request with a message of 4294967280 bytes, 16384 at most`,
  });
  expect(result.tookMs).toBeLessThan(1_000);
});

const rejection = Buffer.from('03000000000400010107', 'hex');
/** With the Verification class in its one presentation context. */
const acceptance = Buffer.from(`020000000058${'00'.repeat(68)}210000100100000040000008312e322e332e3400`, 'hex');

const dribble = async (socket: Socket, bytes: Buffer): Promise<void> => {
  for (const byte of bytes) {
    socket.write(Buffer.from([byte]));
    await rest(2);
  }
};
