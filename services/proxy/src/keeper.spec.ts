import { emptyCluster } from '@evenkeel/cluster';
import type { RealServerId, RulingVerdicts, VerdictState } from '@evenkeel/contracts';
import { realServerId, someTime } from '@evenkeel/testing';
import type { LastWord } from '@evenkeel/verdicts';
import { expect, it } from '@jest/globals';
import { Keeper } from './keeper.ts';
import type { LastGood, LastServed } from './last-good.ts';

const [pacs1, pacs2, pacs3] = [realServerId(1), realServerId(2), realServerId(3)];
const byHealth: RulingVerdicts = { by: 'health' };
const byItself: RulingVerdicts = { by: 'own-checks', since: someTime, overruled: [] };

const setUp = () => {
  const verdicts = new Map<RealServerId, VerdictState>([
    [pacs1, 'down'],
    [pacs2, 'up'],
    [pacs3, 'down'],
  ]);
  const now = { served: { cluster: emptyCluster, verdicts }, ruling: byHealth as RulingVerdicts };
  const words = new Map<RealServerId, LastWord>([
    [pacs1, { state: 'down', reason: 'connect-refused' }],
    [pacs2, { state: 'up', reason: 'check-passed' }],
    [pacs3, { state: 'up', reason: 'check-passed' }], // since what was served
  ]);
  const written: LastServed[] = [];
  const time = { ms: 0, ofWrite: 0 };
  const write = (served: LastServed): Promise<void> => {
    written.push(served);
    time.ms += time.ofWrite;
    return Promise.resolve();
  };
  const lastGood = { write } as unknown as LastGood;
  const keeper = new Keeper({
    served: () => now.served,
    word: (id) => words.get(id),
    ruling: () => now.ruling,
    members: () => new Map(),
    lastGood,
    clock: { monotonicMs: () => time.ms },
  });
  return { keeper, now, words, written, time };
};

it('writes why a server is down, so that whoever starts from it knows what may bring it back', async () => {
  const { keeper, written } = setUp();
  await keeper.keep();
  expect(written).toMatchObject([{ reasons: [[pacs1, 'connect-refused']], wereSilent: false }]);
});

it('writes again when a reason or whose verdicts rule has changed, and not otherwise', async () => {
  const { keeper, now, words, written } = setUp();
  await keeper.keep();
  await keeper.keep();
  expect(written).toHaveLength(1);
  words.set(pacs1, { state: 'down', reason: 'dicom-timeout' });
  await keeper.keep();
  expect(written.at(-1)?.reasons).toEqual([[pacs1, 'dicom-timeout']]);
  now.ruling = byItself;
  await keeper.keep();
  expect(written.at(-1)?.wereSilent).toBe(true);
});

it('rests longer after a longer write, so that a large cluster is not written all the time', async () => {
  const { keeper, now, written, time } = setUp();
  time.ofWrite = 100;
  await keeper.keep();
  now.ruling = byItself;
  time.ms += 1_900;
  await keeper.keep();
  expect(written).toHaveLength(1);
  time.ms += 100;
  await keeper.keep();
  expect(written.at(-1)?.wereSilent).toBe(true);
});
