import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Exchange, type ExchangeStep, type ProbeResult, type TcpUdpCheck } from '@evenkeel/contracts';
import { SystemClock } from '@evenkeel/kernel/system';
import { describe, expect, it } from '@jest/globals';
import type * as z from 'zod';
import { aCheck, identityOf, monitorBasic } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { startStorescp } from '../test/dcmtk.ts';
import { serveTcp, serveUdp } from '../test/loopback-server.ts';
import { notShown } from './identity.ts';
import { Probes, Transcript } from './index.ts';

const atEnd = cleanUpAfterEach();
const clock = new SystemClock();

const talk = async (
  written: z.input<typeof TcpUdpCheck>,
  port: number,
): Promise<{ readonly result: ProbeResult; readonly steps: readonly ExchangeStep[] }> => {
  const transcript = new Transcript(clock);
  const result = await new Probes(clock, undefined, { identityOf }).probe(
    aCheck(written),
    { address: '127.0.0.1', port },
    transcript.listen,
  );
  return { result, steps: Exchange.parse(transcript.written()).steps };
};
const inShort = (steps: readonly ExchangeStep[]): string[] => steps.map(({ by, what }) => `${by}: ${what}`);

const serveHttp = async (headers: Record<string, string | string[]>, body: string): Promise<number> => {
  const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
};

describe('what a check and a server said to each other', () => {
  it('is request, status line and headers of HTTP, without what may be a secret, and no body', async () => {
    const secrets = {
      'set-cookie': ['SESSION=canary-1; HttpOnly', 'other=canary-2'],
      'x-api-key': 'canary-3',
      'www-authenticate': 'Bearer canary-4',
      location: 'https://user:canary-5@pacs/studies?ticket=canary-6#canary-7',
    };
    const port = await serveHttp({ server: 'Orthanc', 'content-type': 'text/plain', ...secrets }, 'ready canary-8');
    const { result, steps } = await talk({ kind: 'http', method: 'GET', path: '/system', expectBody: 'ready' }, port);
    expect(result.outcome).toBe('passed');
    expect(inShort(steps)).toEqual([
      'server: TCP connection accepted',
      'checker: request',
      'server: status line and headers',
      'server: body, as far as it was read',
    ]);
    expect(steps[1]?.lines).toEqual(expect.arrayContaining(['GET /system HTTP/1.1', `host: 127.0.0.1:${port}`]));
    expect(steps[2]?.lines).toEqual(
      expect.arrayContaining([
        'HTTP/1.1 200 OK',
        'server: Orthanc',
        'content-type: text/plain',
        'x-api-key: [not shown, 8 characters]',
        'location: https://pacs/studies [rest not shown]',
      ]),
    );
    expect(steps[3]).toMatchObject({ bytes: 14 });
    expect(JSON.stringify(steps)).not.toContain('canary');
  });

  it('has the credentials of HTTP in it by name only, also when the server says them back', async () => {
    const password = 'canary-7Qx é';
    const echoes = [
      `HTTP/1.1 401 ${password} is wrong`,
      `Server: ${monitorBasic}`,
      `Via: 1.1 ${encodeURIComponent(password)}`,
      `Location: /login/canary-user`,
      'Content-Type: text/plain',
    ];
    const { port, stop } = await serveTcp((socket) =>
      socket.once('data', () => socket.end(`${echoes.join('\r\n')}\r\n\r\n${password}`)),
    );
    atEnd(stop);
    const { result, steps } = await talk({ kind: 'http', basicAuth: { secret: 'pacs-monitor' } }, port);
    expect(result).toMatchObject({ outcome: 'alive-but-refused', reason: 'credentials-refused' });
    expect(result.detail).toContain('answered "401 [not shown: it holds the credentials]"');
    expect(steps[1]?.lines).toContain('authorization: [credentials of pacs-monitor]');
    expect(steps[2]?.lines).toEqual([...Array<string>(4).fill(notShown), 'Content-Type: text/plain']);
    expect(JSON.stringify({ result, steps })).not.toMatch(/canary|Y2FuYXJ5|7Qx/i);
  });

  it('has a bind with a name in it without its bytes, and an answer that quotes it as a length', async () => {
    const words = Buffer.from('no such user: canary-user');
    const answer = Buffer.concat([
      Buffer.from([0x30, 12 + words.length, 2, 1, 1, 0x61, 7 + words.length, 10, 1, 49, 4, 0, 4, words.length]),
      words,
    ]);
    const { port, stop } = await serveTcp((socket) => socket.once('data', () => socket.write(answer)));
    atEnd(stop);
    const { result, steps } = await talk({ kind: 'ldap', bindAs: { secret: 'pacs-monitor' } }, port);
    expect(result).toMatchObject({ outcome: 'alive-but-refused', reason: 'credentials-refused' });
    expect(steps).toMatchObject([
      { what: 'TCP connection accepted' },
      { by: 'checker', what: 'bind request with the credentials of pacs-monitor' },
      { by: 'server', what: 'bind response', bytes: answer.length },
      { by: 'checker', what: 'unbind' },
    ]);
    expect(steps[1]).not.toHaveProperty('bytes');
    const told = JSON.stringify({ result, steps });
    for (const canary of ['canary', Buffer.from('canary').toString('hex')]) expect(told).not.toContain(canary);
  });

  it('is the units of DICOM by name, with their bytes', async () => {
    const { port, stop } = await startStorescp();
    atEnd(stop);
    const { result, steps } = await talk({ kind: 'dicom-echo', calledAe: 'STORESCP' }, port);
    expect(result.outcome).toBe('passed');
    expect(inShort(steps)).toEqual([
      'server: TCP connection accepted',
      'checker: A-ASSOCIATE-RQ',
      'server: A-ASSOCIATE-AC',
      'checker: P-DATA-TF with C-ECHO-RQ',
      'server: P-DATA-TF',
      'checker: A-RELEASE-RQ',
      'server: A-RELEASE-RP',
    ]);
    expect(steps[2]?.hex).toMatch(/^02/);
    expect(steps[2]?.bytes).toBeGreaterThan(68);
  });

  it('is a length where nobody knows what the answer holds', async () => {
    const { port, stop } = await serveUdp((_packet, from, socket) => socket.send('canary', from.port, from.address));
    atEnd(stop);
    const { steps } = await talk({ kind: 'udp', request: 'hello' }, port);
    expect(steps).toMatchObject([
      { by: 'checker', what: 'datagram', hex: Buffer.from('hello').toString('hex') },
      { by: 'server', what: 'datagram', bytes: 6 },
    ]);
    expect(steps[1]).not.toHaveProperty('hex');
  });

  it.each([{ kind: 'dicom-echo', calledAe: 'ANY' }, { kind: 'ldap' }, { kind: 'http' }] as const)(
    'shows nothing of an answer that is no $kind',
    async (check) => {
      const { port, stop } = await serveTcp((socket) =>
        socket.once('data', () => socket.write('\x05canary '.repeat(999))),
      );
      atEnd(stop);
      const { steps } = await talk({ ...check, timeout: '500ms' }, port);
      const text = JSON.stringify(steps);
      expect(text).not.toContain('canary');
      expect(text).not.toContain(Buffer.from('canary').toString('hex'));
    },
  );

  it('keeps within its bounds, whatever a server answers', async () => {
    for (let round = 0; round < 30; round += 1) {
      const noise = Buffer.concat([Buffer.from([2, 0, 0, 0, 0x20, 0]), randomBytes(40_000)]);
      const { port, stop } = await serveTcp((socket) => socket.once('data', () => socket.end(noise)));
      await talk({ kind: 'dicom-echo', calledAe: 'ANY', timeout: '500ms' }, port); // parses what was written
      await stop();
    }
  });
});

it('leaves out what there is no room for, and says how much', () => {
  const transcript = new Transcript(clock);
  for (let step = 0; step < 40; step += 1) {
    transcript.listen('server', 'noise', { frame: randomBytes(9_999), lines: Array(99).fill('\u0007'.repeat(9_999)) });
  }
  const { steps, leftOut } = Exchange.parse(transcript.written());
  expect([steps.length, leftOut, steps[0]?.bytes, steps[0]?.hex?.length]).toEqual([32, 8, 9_999, 512]);
});
