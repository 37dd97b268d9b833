import { ProbeResult, type TcpUdpCheck } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import type * as z from 'zod';
import { ask, monitorBasic, rootName } from '../test/ask.ts';
import { fuzzCases } from '../test/fuzz.ts';
import { serveTcp, serveUdp } from '../test/loopback-server.ts';

// Servers that do their worst. Whatever they do, a probe ends in time, with a reason, in bounded memory.
/** So many at a time: most of them only wait. */
const atOnce = 10;
const runs = { numRuns: Math.ceil(fuzzCases / atOnce), endOnFailure: true };
/** Each group of servers may use up the whole time of a probe. */
const patienceMs = 30_000 + fuzzCases * 50;

type Step = { readonly send: Buffer } | { readonly waitMs: number };
type Script = { readonly steps: readonly Step[]; readonly end: 'hold' | 'close' | 'reset' | 'flood' | 'drip' };

const timeoutMs = 100;
/** Generous: the machine may be busy. A probe that does not end at all is what this finds. */
const slackMs = 10_000;
/** More than kernels hold on both sides of a connection that nobody reads from. */
const takenMaxBytes = 16 << 20;

/** Random bytes, or a good answer with some bytes changed or its end cut off, or the good answer itself. */
const words = (good: readonly Buffer[]): fc.Arbitrary<Buffer> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.constantFrom(...good),
    fc
      .tuple(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat())
      .map(([answer, changes, length]) => spoilt(answer, changes, length)),
  );

const spoilt = (answer: Buffer, changes: readonly (readonly [number, number])[], length: number): Buffer => {
  const copy = Buffer.from(answer);
  for (const [at, value] of changes) copy[at % copy.length] = value;
  return copy.subarray(0, length % 3 === 0 ? length % copy.length : copy.length);
};

const scripts = (good: readonly Buffer[]): fc.Arbitrary<readonly Script[]> => {
  const step = fc.oneof(
    { weight: 4, arbitrary: words(good).map((send) => ({ send })) },
    { weight: 1, arbitrary: fc.nat(30).map((waitMs) => ({ waitMs })) },
  );
  const end = fc.constantFrom<Script['end']>('hold', 'close', 'reset', 'flood', 'drip');
  const script = fc.record({ steps: fc.array(step, { maxLength: 5 }), end });
  return fc.array(script, { minLength: atOnce, maxLength: atOnce });
};

const perform = async (socket: Socket, { steps, end }: Script): Promise<void> => {
  for (const step of steps) {
    if ('send' in step) socket.write(step.send);
    else await rest(step.waitMs);
  }
  if (end === 'close') socket.end();
  if (end === 'reset') socket.resetAndDestroy();
  if (end === 'flood') flood(socket);
  if (end === 'drip') drip(socket);
};

const flood = (socket: Socket): void => {
  const more = (): void => {
    while (!socket.destroyed && socket.write(Buffer.alloc(64 * 1024, 'x')));
  };
  socket.on('drain', more);
  more();
};

const drip = (socket: Socket): void => {
  if (socket.destroyed) return;
  const timer = setInterval(() => socket.write('x'), 5);
  socket.once('close', () => clearInterval(timer));
};

type Written = z.input<typeof TcpUdpCheck>;

/** Several servers at a time, each with a script of its own. Throws when a probe misbehaves. */
const survives = (check: Written, good: readonly Buffer[]) =>
  fc.assert(
    fc.asyncProperty(scripts(good), async (several) => {
      await Promise.all(
        several.map(async (script) => {
          let taken = 0;
          const { port, stop } = await serveTcp((socket) => {
            socket.once('close', () => (taken = socket.bytesWritten - socket.writableLength));
            void perform(socket, script);
          });
          const { tookMs, ...result } = await ask(check, port);
          await stop();
          expect(ProbeResult.parse(result).outcome).not.toBe('not-asked');
          for (const secret of [monitorBasic, rootName]) expect(result.detail).not.toContain(secret);
          expect(tookMs).toBeLessThan(timeoutMs + slackMs);
          expect(taken).toBeLessThan(takenMaxBytes);
        }),
      );
    }),
    runs,
  );

const timeout = `${timeoutMs}ms`;

describe('a hostile server ends no probe but its own', () => {
  it(
    'when asked to accept a connection',
    () => survives({ kind: 'connect', timeout }, [Buffer.from('hello')]),
    patienceMs,
  );

  const tls = [Buffer.from('160303007a02', 'hex'), Buffer.from('15030300020228', 'hex')];

  const http = [
    'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nall up\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7\r\nall up\n\r\n0\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n',
    `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
  ].map((text) => Buffer.from(text));

  it('when asked for a status', () => survives({ kind: 'http', timeout }, http), patienceMs);
  const echoing = [...http, Buffer.from(`HTTP/1.1 401 ${monitorBasic}\r\n\r\n`)];
  it(
    'when somebody signs in',
    () => survives({ kind: 'http', basicAuth: { secret: 'pacs-monitor' }, timeout }, echoing),
    patienceMs,
  );
  it(
    'when asked for a body',
    () => survives({ kind: 'http', method: 'GET', expectBody: 'all up', timeout }, http),
    patienceMs,
  );
  it(
    'when asked for OPTIONS',
    () => survives({ kind: 'http', method: 'OPTIONS', expectBody: 'up', timeout }, http),
    patienceMs,
  );
  it('when asked for a handshake alone', () => survives({ kind: 'tls', minimumDaysLeft: 3, timeout }, tls), patienceMs);
  it('when asked for TLS', () => survives({ kind: 'http', tls: {}, timeout }, tls), patienceMs);

  const ldap = [
    '300c02010161070a010004000400', // accepts
    '300c02010161070a013004000400', // refuses
    '3084ffffffff02', // four gigabytes
    '30800201', // a length without end
  ].map((hex) => Buffer.from(hex, 'hex'));

  it('when asked to bind', () => survives({ kind: 'ldap', timeout }, ldap), patienceMs);

  const name = Buffer.from(rootName);
  const head = [0x30, 12 + name.length, 2, 1, 1, 0x61, 7 + name.length, 10, 1, 49, 4, 0, 4, name.length];
  const quoting = [...ldap, Buffer.concat([Buffer.from(head), name])];
  it(
    'when asked to bind with a name',
    () => survives({ kind: 'ldap', bindAs: { secret: 'ldap-monitor' }, timeout }, quoting),
    patienceMs,
  );

  const titles = '00'.repeat(68);
  const dicom = [
    `02 00 00000058 ${titles} 21 00 0010 01 00 00 00 40 00 0008 312e322e332e3400`, // accepts
    '04 00 00000024 00000020 01 03 0000 0001 02000000 3080 0000 2001 02000000 0100 0000 0009 02000000 0000',
    '03 00 00000004 00 01 01 07', // rejects
    '07 00 00000004 00 00 02 00', // aborts
    '05 00 00000004 00000000', // wants to leave
    '04 00 ffffffff 00000020 01 03', // four gigabytes of data
    '04 00 00000000', // no data
  ].map((hex) => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

  it('when asked for C-ECHO', () => survives({ kind: 'dicom-echo', timeout }, dicom), patienceMs);
});

/** Datagrams, for several servers. */
const datagrams = fc.array(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 20 }), {
  minLength: atOnce,
  maxLength: atOnce,
});

/** What is said begins as the question, or as a good answer to it. Throws when a probe misbehaves. */
const survivesDatagrams = (check: Written, answerTo: (question: Buffer) => Buffer, canPass: boolean) =>
  fc.assert(
    fc.asyncProperty(datagrams, fc.boolean(), async (several, isGood) => {
      await Promise.all(
        several.map(async (replies) => {
          const { port, stop } = await serveUdp((question, from, socket) => {
            const start = isGood ? answerTo(question) : question;
            for (const bytes of replies) socket.send(Buffer.concat([start, bytes]), from.port, from.address);
          });
          const { tookMs, ...result } = await ask(check, port);
          await stop();
          expect(ProbeResult.parse(result).outcome).not.toBe('not-asked');
          if (!canPass) expect(result.outcome).toBe('failed');
          expect(tookMs).toBeLessThan(timeoutMs + slackMs);
        }),
      );
    }),
    runs,
  );

describe('a hostile server of datagrams ends no probe but its own', () => {
  const nodeStatus = (question: Buffer) =>
    Buffer.concat([question.subarray(0, 2), Buffer.from('84000000000100000000', 'hex')]);
  it(
    'when asked for its names',
    () => survivesDatagrams({ kind: 'netbios-node-status', timeout }, nodeStatus, false),
    patienceMs,
  );

  /** Header and question of an answer with three records, which the rest is then taken for. */
  const dnsAnswer = (question: Buffer) => {
    const start = Buffer.from(question);
    Buffer.from('81800001000300000000', 'hex').copy(start, 2);
    return start;
  };
  it(
    'when asked about a name',
    () => survivesDatagrams({ kind: 'dns', name: 'pacs.example', recordType: 'MX', timeout }, dnsAnswer, true),
    patienceMs,
  );

  it(
    'when asked for anything',
    () =>
      survivesDatagrams(
        { kind: 'udp', request: 'x', expectWithin: 'never said', timeout },
        (question) => question,
        false,
      ),
    patienceMs,
  );
});
