import { describeNeeding } from '@evenkeel/testing/lab';
import { describe, expect, it } from '@jest/globals';
import { ask } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { startDnsmasq } from '../test/dnsmasq.ts';
import { serveUdp } from '../test/loopback-server.ts';

const atEnd = cleanUpAfterEach();

/** Says this to whoever asks. */
const saying = async (answer: Uint8Array | string): Promise<number> => {
  const { port, stop } = await serveUdp((_question, from, socket) => socket.send(answer, from.port, from.address));
  atEnd(stop);
  return port;
};

describeNeeding(describe, 'dnsmasq')('against dnsmasq', () => {
  it('gets an answer to bytes that mean something to the server, and none to others', async () => {
    const { port, stop } = await startDnsmasq();
    atEnd(stop);
    const question = '1234 0100 0001 0000 0000 0000 04 70616373 07 6578616d706c65 00 0001 0001'.replaceAll(' ', '');
    const check = { kind: 'udp', encoding: 'hex', request: question, expectStart: '12348580', timeout: '2s' } as const;
    const result = await ask({ ...check, expectWithin: '7f5500c8' }, port);
    expect(result).toMatchObject({ outcome: 'passed' });
    expect(result.detail).toMatch(/^UDP 127\.0\.0\.1:\d+ answered with \d+ bytes$/);
    expect(await ask({ ...check, expectWithin: '7f5500c9', timeout: '200ms' }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'udp-unexpected',
    });
    expect(await ask({ ...check, request: '00', timeout: '200ms' }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'udp-silent',
      detail: `UDP 127.0.0.1:${port} did not answer within 200ms`,
    });
  });
});

it('sends the text as it is written', async () => {
  const heard = Promise.withResolvers<string>();
  const { port, stop } = await serveUdp((question, from, socket) => {
    heard.resolve(question.toString());
    socket.send('', from.port, from.address);
  });
  atEnd(stop);
  expect(await ask({ kind: 'udp', request: 'geht es dir gut? äöü' }, port)).toMatchObject({
    outcome: 'passed',
    detail: `UDP 127.0.0.1:${port} answered with 0 bytes`,
  });
  expect(await heard.promise).toBe('geht es dir gut? äöü');
});

it('can want what the answer begins with, and what is in it', async () => {
  const port = await saying('status: all up');
  const asked = { kind: 'udp', request: 'status?', timeout: '150ms' } as const;
  const passes = async (fields: object) => (await ask({ ...asked, ...fields }, port)).outcome === 'passed';
  expect(await passes({ expectStart: 'status: ', expectWithin: 'up' })).toBe(true);
  expect(await passes({ expectStart: 'all' })).toBe(false);
  expect(await passes({ expectStart: 'status: all up and more' })).toBe(false);
  expect(await passes({ expectWithin: 'down' })).toBe(false);
});

it('says that nothing listens there', async () => {
  const { port, stop } = await serveUdp(() => undefined);
  await stop();
  expect(await ask({ kind: 'udp', request: 'x' }, port)).toMatchObject({
    outcome: 'failed',
    reason: 'connect-refused',
  });
});
