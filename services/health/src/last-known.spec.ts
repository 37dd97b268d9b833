import { aVerdict, realServerId } from '@evenkeel/testing';
import type { VerdictNews } from '@evenkeel/bus';
import { expect, it } from '@jest/globals';
import { CutShort, readLastKnown } from './last-known.ts';

async function* told(...news: readonly VerdictNews[]): AsyncGenerator<VerdictNews> {
  for (const one of news) yield await Promise.resolve(one);
}

it('holds the newest verdict of each real server and the last sign of life of each checker', async () => {
  const [first, second] = [aVerdict({ detail: 'first' }), aVerdict({ detail: 'second' })];
  const other = aVerdict({ realServerId: realServerId(3) });
  const news = told(
    { kind: 'verdict', verdict: first },
    { kind: 'verdict', verdict: other },
    { kind: 'beat', checker: 'health-1', atMs: 5 },
    { kind: 'verdict', verdict: second },
    { kind: 'gone', realServerId: other.realServerId },
    { kind: 'caught-up' },
    { kind: 'verdict', verdict: other },
  );
  expect(await readLastKnown(news)).toEqual({ verdicts: [second], beatsMs: new Map([['health-1', 5]]) });
});

it('does not take half a bucket for the whole', async () => {
  await expect(readLastKnown(told({ kind: 'verdict', verdict: aVerdict() }))).rejects.toThrow(CutShort);
});
