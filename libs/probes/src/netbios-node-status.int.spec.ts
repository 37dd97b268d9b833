import { startNmbd, unmetNeeds } from '@evenkeel/testing/lab';
import { describe, expect, it } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { ask } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { serveUdp } from '../test/loopback-server.ts';
import { nodeStatusRequest } from './netbios/node-status.ts';

const atEnd = cleanUpAfterEach();

/** As nmbd would say it: the question's name and our one name, in answer to `question`. */
const answerTo = (question: Buffer): Buffer => {
  const header = Buffer.from([question[0] ?? 0, question[1] ?? 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  const record = Buffer.from([0, 0x21, 0, 1, 0, 0, 0, 0, 0, 19, 1]);
  return Buffer.concat([header, question.subarray(12, 46), record, Buffer.from('FAKE           \x20\x04\0', 'latin1')]);
};

describe('against Samba', () => {
  const missing = unmetNeeds('root', 'nmbd', 'nmblookup');
  const itWithNmbd = missing.length === 0 ? it : it.skip;

  itWithNmbd('passes with the names of the node, and notices when it hangs', async () => {
    const address = '127.85.0.200';
    const nmbd = await startNmbd({ address, name: 'INF_PACS1' });
    atEnd(() => nmbd.kill());
    const result = await ask({ kind: 'netbios-node-status' }, { address, port: 137 });
    expect(result).toMatchObject({ outcome: 'passed' });
    expect(result.detail).toMatch(/^UDP 127\.85\.0\.200:137 answered the node status query as .*INF_PACS1<20>/);

    nmbd.pause();
    expect(await ask({ kind: 'netbios-node-status', timeout: '300ms' }, { address, port: 137 })).toMatchObject({
      outcome: 'failed',
      reason: 'netbios-silent',
      detail: 'UDP 127.85.0.200:137 did not answer the node status query within 300ms',
    });
  });
});

it('says that nothing listens there', async () => {
  const { port, stop } = await serveUdp(() => undefined);
  await stop();
  expect(await ask({ kind: 'netbios-node-status' }, port)).toMatchObject({
    outcome: 'failed',
    reason: 'connect-refused',
    detail: `UDP 127.0.0.1:${port} refused: nothing listens there`,
  });
});

it('asks once more when the first question is lost', async () => {
  let asked = 0;
  const { port, stop } = await serveUdp((question, from, socket) => {
    asked += 1;
    if (asked === 2) socket.send(answerTo(question), from.port, from.address);
  });
  atEnd(stop);
  const result = await ask({ kind: 'netbios-node-status', timeout: '300ms' }, port);
  expect(result).toMatchObject({ outcome: 'passed', detail: expect.stringContaining('FAKE<20>') as unknown });
});

it('waits for its own answer among those to other questions', async () => {
  const { port, stop } = await serveUdp((question, from, socket) => {
    const other = Buffer.from(question);
    other.writeUInt16BE(question.readUInt16BE(0) ^ 0xffff, 0);
    socket.send(answerTo(other), from.port, from.address);
    setTimeout(() => socket.send(answerTo(question), from.port, from.address), 20);
  });
  atEnd(stop);
  expect(await ask({ kind: 'netbios-node-status' }, port)).toMatchObject({ outcome: 'passed' });
});

it('tells wrong answers apart from silence', async () => {
  const { port, stop } = await serveUdp((question, from, socket) => socket.send(question, from.port, from.address));
  atEnd(stop);
  expect(await ask({ kind: 'netbios-node-status', timeout: '100ms' }, port)).toMatchObject({
    outcome: 'failed',
    reason: 'netbios-malformed',
    detail: `UDP 127.0.0.1:${port} answered 2 times, but with no node status for our query`,
  });
});

it('does not listen to a flood for ever', async () => {
  const { port, stop } = await serveUdp((_question, from, socket) => {
    for (let sent = 0; sent < 100; sent++) socket.send('noise', from.port, from.address);
  });
  atEnd(stop);
  const result = await ask({ kind: 'netbios-node-status', timeout: '5s' }, port);
  expect(result).toMatchObject({ reason: 'netbios-malformed' });
  expect(result.tookMs).toBeLessThan(4_000);
});

it('hears from the server alone', async () => {
  const { port, stop } = await serveUdp((_question, from) => {
    const stranger = createSocket('udp4');
    stranger.send(answerTo(nodeStatusRequest(1)), from.port, from.address, () => stranger.close());
  });
  atEnd(stop);
  expect(await ask({ kind: 'netbios-node-status', timeout: '150ms' }, port)).toMatchObject({
    reason: 'netbios-silent',
  });
});

it('blames itself when it does not have the source address', async () => {
  const result = await ask({ kind: 'netbios-node-status', source: '203.0.113.9' }, 9);
  expect(result).toMatchObject({ outcome: 'not-asked', reason: 'checker-failed' });
});
