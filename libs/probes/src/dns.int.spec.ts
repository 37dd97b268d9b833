import { freePort, unmetNeeds } from '@evenkeel/testing/lab';
import { describe, expect, it } from '@jest/globals';
import { ask } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { startDnsmasq } from '../test/dnsmasq.ts';
import { serveUdp } from '../test/loopback-server.ts';

const atEnd = cleanUpAfterEach();
const missing = unmetNeeds('dnsmasq');
if (missing.length > 0) throw new Error(`this suite needs a real DNS server: ${missing.join('; ')}`);

const dnsmasq = async (...options: readonly string[]) => {
  const started = await startDnsmasq(...options);
  atEnd(started.stop);
  return started;
};

describe('against dnsmasq', () => {
  it('passes with an answer, and can want a certain one', async () => {
    const { port } = await dnsmasq();
    expect(await ask({ kind: 'dns', name: 'pacs.example' }, port)).toMatchObject({
      outcome: 'passed',
      reason: 'check-passed',
      detail: `127.0.0.1:${port}, asked for A of pacs.example, answered 127.85.0.200`,
    });
    const wanting = (expectAnswer: string) => ask({ kind: 'dns', name: 'pacs.example', expectAnswer }, port);
    expect(await wanting('127.85.0.200')).toMatchObject({ outcome: 'passed' });
    expect(await wanting('127.85.0.201')).toMatchObject({ outcome: 'failed', reason: 'dns-answer' });
  });

  it('writes other records as a zone file does', async () => {
    const { port } = await dnsmasq('--srv-host=_dicom._tcp.example,pacs.example,104,1,2');
    const check = (name: string, recordType: 'MX' | 'SRV', expectAnswer: string) =>
      ask({ kind: 'dns', name, recordType, expectAnswer }, port);
    expect(await check('example', 'MX', '10 pacs.example')).toMatchObject({ outcome: 'passed' });
    expect(await check('_dicom._tcp.example', 'SRV', '1 2 104 pacs.example')).toMatchObject({ outcome: 'passed' });
  });

  it('asks again over TCP when the answer does not fit into a datagram', async () => {
    const { port, server } = await dnsmasq('--log-queries');
    const result = await ask({ kind: 'dns', name: 'long.example', recordType: 'TXT' }, port);
    expect(result).toMatchObject({ outcome: 'passed' });
    expect(server.lastWords.match(/query\[TXT\] long.example/g)?.length).toBe(2);
  });

  it('tells no such name, no such record and a refusal apart', async () => {
    const { port } = await dnsmasq();
    expect(await ask({ kind: 'dns', name: 'other.example' }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'dns-status',
      detail: expect.stringContaining('no such name') as unknown,
    });
    expect(await ask({ kind: 'dns', name: 'long.example', recordType: 'A' }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'dns-status',
      detail: expect.stringContaining('no such record') as unknown,
    });
    expect(await ask({ kind: 'dns', name: 'elsewhere.test' }, port)).toMatchObject({
      outcome: 'alive-but-refused',
      reason: 'dns-status',
      detail: expect.stringContaining('refuses the question') as unknown,
    });
  });

  it('catches one that hangs', async () => {
    const { port, server } = await dnsmasq();
    server.pause();
    const result = await ask({ kind: 'dns', name: 'pacs.example', timeout: '300ms' }, port);
    expect(result).toMatchObject({ outcome: 'failed', reason: 'dns-silent' });
    expect(result.tookMs).toBeLessThan(5_000);
  });

  it('asks from the address that the check names', async () => {
    const { port, server } = await dnsmasq('--log-queries');
    await ask({ kind: 'dns', name: 'pacs.example', source: '127.0.0.77' }, port);
    expect(server.lastWords).toContain('query[A] pacs.example from 127.0.0.77');
  });
});

it('says that nothing listens there', async () => {
  const port = await freePort();
  expect(await ask({ kind: 'dns', name: 'pacs.example' }, port)).toMatchObject({
    outcome: 'failed',
    reason: 'connect-refused',
  });
});

it('blames itself when it does not have the source address', async () => {
  const result = await ask({ kind: 'dns', name: 'pacs.example', source: '203.0.113.9' }, await freePort());
  expect(result).toMatchObject({ outcome: 'not-asked', reason: 'checker-failed' });
});

it('asks once more when the first question is lost', async () => {
  let asked = 0;
  const { port, stop } = await serveUdp((question, from, socket) => {
    asked += 1;
    if (asked < 2) return;
    const answer = Buffer.from(question);
    answer.writeUInt16BE(0x8183, 2); // no such name
    socket.send(answer, from.port, from.address);
  });
  atEnd(stop);
  expect(await ask({ kind: 'dns', name: 'pacs.example', timeout: '3s' }, port)).toMatchObject({ reason: 'dns-status' });
  expect(asked).toBe(2);
});
