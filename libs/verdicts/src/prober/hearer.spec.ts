import { fromSnapshot } from '@evenkeel/cluster';
import type { ProbeResult, TcpUdpCheck } from '@evenkeel/contracts';
import { aRealServer, aSnapshot, aVirtualService, ManualClock } from '@evenkeel/testing';
import { afterEach, expect, it } from '@jest/globals';
import type * as z from 'zod';
import { alone, type Colleagues } from '../council/colleagues.ts';
import { VerdictChanges } from '../journal/verdict-changes.ts';
import { targetsOf } from '../targets-of.ts';
import { Prober } from './prober.ts';

// What a checker writes that becomes the one to speak after it was not.

const clock = new ManualClock();
const failed = (): Promise<ProbeResult> =>
  Promise.resolve({
    outcome: 'failed',
    reason: 'connect-refused',
    detail: 'refused',
    latencyMs: 1,
    at: new Date(clock.nowMs()).toISOString(),
  });
const store = { put: () => Promise.resolve(), delete: () => Promise.resolve(), beat: () => Promise.resolve() };
let stop = (): void => undefined;
afterEach(() => stop());

/** A checker that does not speak, and has heard no word; `speak` makes it the one that does. */
const aChecker = async (healthCheck: z.input<typeof TcpUdpCheck>, others: { readonly areKnown: boolean }) => {
  const book = fromSnapshot(
    aSnapshot([aVirtualService({ number: 1, spec: { healthCheck } })], [aRealServer({ number: 11 })]),
  );
  const written: string[] = [];
  const hearer = new VerdictChanges(
    'health-1',
    () => [book],
    ({ from, to }) => written.push(`${from} ${to}`),
  );
  let speaks = false;
  const colleagues: Colleagues = {
    ...alone,
    speaksFor: () => speaks,
    judge: (_target, verdict) => ({ verdict, isOurs: speaks }),
    canVouch: () => speaks || others.areKnown,
  };
  const options = { checker: 'health-1', probesMax: 1, refreshMs: 10_000, onFailure: () => undefined, hearer };
  const prober = new Prober(failed, store, options, clock, () => 0, colleagues);
  stop = () => prober.stop();
  void prober.run();
  prober.want(targetsOf(book));
  await clock.advance(20_000);
  expect(written).toEqual([]);
  speaks = true;
  prober.want(targetsOf(book));
  return written;
};

it('what it alone has seen before it speaks, because nobody has said it', async () => {
  const check = { kind: 'connect', interval: '2s', rise: 2, fall: 3 } as const;
  expect(await aChecker(check, { areKnown: true })).toEqual(['none down']);
});

it('nothing of what is not checked, because whoever spoke has said the same', async () => {
  expect(await aChecker({ kind: 'none' }, { areKnown: true })).toEqual([]);
});

it('what is not checked, when it did not know whether anybody speaks', async () => {
  expect(await aChecker({ kind: 'none' }, { areKnown: false })).toEqual(['none up']);
});
