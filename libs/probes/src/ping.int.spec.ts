import { createLab, describeNeeding, type Lab, thisMachine } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describe } from '@jest/globals';
import { ask } from '../test/ask.ts';
import { askFrom } from '../test/ask-from.ts';

const at = (address: string) => ({ address, port: 0 });

describeNeeding(describe, 'ping')('on this machine', () => {
  it('passes when the machine answers, and tells how fast', async () => {
    const result = await ask({ kind: 'ping' }, at('127.0.0.1'));
    expect(result).toMatchObject({ outcome: 'passed', reason: 'check-passed' });
    expect(result.detail).toMatch(/^127\.0\.0\.1 answered a ping in [\d.]+ ms$/);
  });

  it('asks from the address that the check names, and blames itself when it does not have it', async () => {
    expect(await ask({ kind: 'ping', source: '127.0.0.77' }, at('127.0.0.1'))).toMatchObject({ outcome: 'passed' });
    expect(await ask({ kind: 'ping', source: '203.0.113.9' }, at('127.0.0.1'))).toMatchObject({
      outcome: 'not-asked',
      reason: 'checker-failed',
      detail: expect.stringContaining('Cannot assign requested address') as unknown,
    });
  });

  it('takes nothing for an address that is none', async () => {
    const result = await ask({ kind: 'ping' }, at('-f'));
    expect(result).toMatchObject({ outcome: 'not-asked', detail: '"-f" is no address' });
  });
});

describeNeeding(
  describe,
  'root',
  'ip',
  'ping',
  'setpriv',
)('in a network of its own', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab({
      hosts: [
        { name: 'node', links: [{ switch: 'lan', address: '192.168.85.20/24' }] },
        { name: 'pacs1', links: [{ switch: 'lan', address: '192.168.85.200/24' }] },
      ],
    });
  });
  afterAll(() => lab.dispose());
  const ping = (address: string, timeout = '1s') => askFrom(lab.host('node'), { kind: 'ping', timeout }, at(address));

  it('tells a machine that answers from one that is silent, and from one that nobody can get to', async () => {
    expect(await ping('192.168.85.200')).toMatchObject({ outcome: 'passed' });
    await lab.host('pacs1').linkDown();
    expect(await ping('192.168.85.200')).toMatchObject({
      outcome: 'failed',
      reason: 'ping-silent',
      detail: '192.168.85.200 did not answer a ping within 1s',
    });
    expect(await ping('10.1.2.3')).toMatchObject({
      outcome: 'failed',
      reason: 'host-unreachable',
      detail: 'no way to 10.1.2.3 (Network is unreachable)',
    });
  });

  it('says plainly when the right to ping was taken from the checker', async () => {
    const without = ['setpriv', '--bounding-set=-net_raw', '--inh-caps=-net_raw'];
    const result = await askFrom(thisMachine, { kind: 'ping' }, at('127.0.0.1'), without);
    expect(result).toMatchObject({ outcome: 'not-asked', reason: 'checker-failed' });
    expect(result.detail).toMatch(/CAP_NET_RAW|not permitted/);
  });
});
