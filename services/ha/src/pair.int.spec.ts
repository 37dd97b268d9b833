import { setTimeout as rest } from 'node:timers/promises';
import { describeNeeding } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Pair } from '../test/pair.ts';
import { otherOf, type Seen, type Side } from '../test/test-segment.ts';

// Real kernels, real ARP. Times are for a benchmark; what is looked at here is who answers, and that never two do.

const settleMs = 1_500;

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
)('nodes in a network of their own', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.open();
  }, 60_000);
  afterEach(() => pair.dispose(), 30_000);

  /** Both run, and `side` serves: it was there first. */
  const begin = async (side: Side): Promise<Side> => {
    const other = otherOf(side);
    pair.start(side);
    await pair.answers(side);
    pair.start(other);
    await pair.isReady(other);
    expect(await pair.seen()).toMatchObject({ answered: [side], twice: 0 });
    return other;
  };
  const neverTwice = ({ twice }: Seen): void => expect(twice).toBe(0);

  it('serves when one of them is there, and the second one does not take over', async () => {
    await begin('lb-b');
  }, 60_000);

  it('goes on when the agent is killed, hangs, and when all of the node is killed', async () => {
    await begin('lb-a');
    await pair.signalAgent('lb-a', 'SIGKILL');
    neverTwice(await pair.answers('lb-b'));
    await pair.isReady('lb-a');

    await pair.signalAgent('lb-b', 'SIGSTOP');
    neverTwice(await pair.answers('lb-a'));
    await pair.isReady('lb-b');

    pair.node('lb-a').kill('SIGKILL');
    neverTwice(await pair.answers('lb-b'));
    pair.start('lb-a');
    await pair.isReady('lb-a');
    expect(await pair.seen()).toMatchObject({ answered: ['lb-b'], twice: 0 });
  }, 120_000);

  it('goes on when a cable is cut, does not come back when it heals, and does when the other one is killed', async () => {
    await begin('lb-a');
    await pair.host('lb-a').linkDown();
    neverTwice(await pair.answers('lb-b'));
    await pair.host('lb-a').linkUp();
    await rest(settleMs);
    expect(await pair.seen()).toMatchObject({ answered: ['lb-b'], twice: 0 });
    pair.node('lb-b').kill('SIGKILL');
    neverTwice(await pair.answers('lb-a'));
  }, 60_000);

  it('stays where it is when the gateway is gone, and when the other one is', async () => {
    const other = await begin('lb-a');
    await pair.host('gateway').linkDown();
    await rest(settleMs + 3_000);
    expect(await pair.seen()).toMatchObject({ answered: ['lb-a'], twice: 0 });
    await pair.host('gateway').linkUp();
    await rest(settleMs);
    pair.node(other).kill('SIGKILL');
    await rest(settleMs);
    expect(await pair.seen()).toMatchObject({ answered: ['lb-a'], twice: 0 });
  }, 60_000);

  it('hands over when a node is stopped, which takes its addresses and rules with it', async () => {
    const other = await begin('lb-a');
    expect(await pair.node('lb-a').stop(20_000)).toMatchObject({ code: 0 });
    neverTwice(await pair.answers(other));
    const { stdout: left } = await pair.host('lb-a').run('nft', ['list', 'ruleset']);
    expect(left.trim()).toBe('');
    const { stdout: addresses } = await pair.host('lb-a').run('ip', ['-4', '-o', 'address', 'show', 'dev', 'eth0']);
    expect(addresses).not.toContain('192.168.85.150');
  }, 60_000);

  it('serves alone, for good, also while its agent is killed, and when all of it is', async () => {
    pair.start('lb-a', 'alone');
    await pair.answers('lb-a');
    const agent = await pair.agent('lb-a');
    await rest(5_000);
    expect(await pair.agent('lb-a')).toBe(agent);
    await pair.seen();
    await pair.signalAgent('lb-a', 'SIGKILL');
    await pair.isReady('lb-a');
    pair.node('lb-a').kill('SIGKILL');
    await pair.node('lb-a').exited;
    pair.start('lb-a', 'alone');
    await pair.isReady('lb-a');
    const { answered, longestGapMs } = await pair.seen();
    expect(answered).toEqual(['lb-a']);
    expect(longestGapMs).toBeLessThan(1_000); // an agent is started again after a second, and looks for half a second
    expect(await pair.node('lb-a').stop(20_000)).toMatchObject({ code: 0 });
    expect((await pair.host('lb-a').run('nft', ['list', 'ruleset'])).stdout.trim()).toBe('');
  }, 60_000);
});
