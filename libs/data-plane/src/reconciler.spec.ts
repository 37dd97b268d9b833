import { type Revision } from '@evenkeel/contracts';
import { ManualClock } from '@evenkeel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { aHash, aPicture } from '../test/layer7/index.ts';
import { type Engine, type EngineRound } from './engine.ts';
import { type Picture } from './picture.ts';
import { Reconciler } from './reconciler.ts';

const quiet: EngineRound = { method: 'none', reloadReasons: [], waitingFor: [], configuration: 'text' };

/** Answers with what the test puts there. */
class ScriptedEngine implements Engine {
  round: EngineRound | Error = quiet;
  repairs: readonly string[] = [];

  constructor(
    readonly name: Engine['name'],
    private readonly clock: ManualClock,
  ) {}

  async converge(): Promise<EngineRound> {
    await this.clock.advance(3);
    if (this.round instanceof Error) throw this.round;
    return this.round;
  }

  async sweep(): Promise<{ repairs: readonly string[]; convergence: EngineRound }> {
    return { repairs: this.repairs, convergence: await this.converge() };
  }
}

let clock: ManualClock;
let haproxy: ScriptedEngine;
let nftables: ScriptedEngine;
let reconciler: Reconciler;
beforeEach(() => {
  clock = new ManualClock();
  haproxy = new ScriptedEngine('haproxy', clock);
  nftables = new ScriptedEngine('nftables', clock);
  reconciler = new Reconciler([haproxy, nftables], clock, aHash);
});

const at = (revision: number): Picture => {
  const picture = aPicture({ services: [] });
  return { ...picture, cluster: { ...picture.cluster, revision: revision as Revision } };
};
const once = (revision: number) => reconciler.reconcileOnce(at(revision));

describe('a claim', () => {
  it('is made when every engine was seen to run what is wanted', async () => {
    expect(await once(7)).toMatchObject({ received: 7, observed: 7, waitingFor: [], failures: [] });
  });

  it('stays with what still runs while something newer is waited for', async () => {
    await once(7);
    nftables.round = { ...quiet, waitingFor: ['chain service_5 is missing'] };
    expect(await once(8)).toMatchObject({ received: 8, observed: 7, waitingFor: ['chain service_5 is missing'] });
  });

  it('is lost when what it was made for does not run any more', async () => {
    await once(7);
    haproxy.round = { ...quiet, waitingFor: ['HAProxy does not run'] };
    expect((await once(7)).observed).toBe(0);
    haproxy.round = quiet;
    expect((await once(7)).observed).toBe(7);
  });
});

describe('a revision', () => {
  it('is valid when no engine has anything against it, seen or not', async () => {
    await once(7);
    haproxy.round = { ...quiet, waitingFor: ['HAProxy does not run'] };
    expect(await once(8)).toMatchObject({ validated: 8, observed: 7, failing: [] });
    haproxy.round = { ...quiet, rejection: 'unknown keyword' };
    expect(await once(9)).toMatchObject({ validated: 8, observed: 7 });
    haproxy.round = new Error('the socket is gone');
    expect(await once(8)).toMatchObject({ validated: 0 });
  });

  it('comes to run in a way that is told from then on', async () => {
    haproxy.round = { ...quiet, method: 'reload', reloadReasons: ['QUERY (vs10) is new'] };
    await once(7);
    haproxy.round = quiet;
    expect((await once(7)).applied).toMatchObject({ revision: 7, method: 'reload', reasons: ['QUERY (vs10) is new'] });
  });
});

it('names every engine that fails, since when, and in its own words', async () => {
  haproxy.round = { ...quiet, rejection: 'unknown keyword' };
  nftables.round = new Error('nft does not answer');
  const since = new Date(clock.nowMs() + 3).toISOString(); // both engines take 3 ms, at the same time
  const failing = [
    { engine: 'haproxy', kind: 'refused', words: 'unknown keyword', since },
    { engine: 'nftables', kind: 'unreachable', words: 'nft does not answer', since },
  ];
  expect((await once(5)).failing).toEqual(failing);
  haproxy.round = quiet;
  expect((await once(6)).failing).toEqual(failing.slice(1));
});

describe('two engines', () => {
  it('are reported with the method that a client may notice most', async () => {
    haproxy.round = { ...quiet, method: 'reload', reloadReasons: ['QUERY (vs10) is new'] };
    nftables.round = { ...quiet, method: 'runtime' };
    expect(await once(1)).toMatchObject({ method: 'reload', reloadReasons: ['QUERY (vs10) is new'] });
  });

  it('do not stop each other: one fails, the other goes on', async () => {
    const failure = new Error('the socket is gone');
    haproxy.round = failure;
    nftables.round = { ...quiet, method: 'runtime' };
    expect(await once(2)).toMatchObject({
      method: 'runtime',
      observed: 0,
      waitingFor: ['haproxy: the socket is gone'],
      failures: [failure],
    });
  });

  it('have one hash, that tells which configuration, and survives a failure', async () => {
    const { configurationHash } = await once(1);
    haproxy.round = { ...quiet, configuration: ['other', 'text'] };
    const other = (await once(2)).configurationHash;
    expect(other).not.toBe(configurationHash);
    haproxy.round = new Error('the socket is gone');
    expect((await once(2)).configurationHash).toBe(other);
  });
});

it('names real servers that are finishing, and waits for none of them', async () => {
  haproxy.round = { ...quiet, finishing: ['vs1/rs2'] };
  expect(await once(5)).toMatchObject({ observed: 5, waitingFor: [], finishing: ['vs1/rs2'] });
  haproxy.round = { ...quiet, finishing: [] };
  expect(await once(6)).not.toHaveProperty('finishing');
});

describe('a rejection', () => {
  beforeEach(async () => {
    await once(4);
    haproxy.round = { ...quiet, rejection: 'unknown keyword' };
  });

  it('names the engine, its words, the newest revision, and since when', async () => {
    const first = (await once(5)).rejection;
    const since = new Date(clock.nowMs()).toISOString();
    expect(first).toEqual({ engine: 'haproxy', revision: 5, words: 'unknown keyword', since });
    expect((await once(6)).rejection).toEqual({ ...first, revision: 6 });
  });

  it('leaves the claim with the last good revision, until the next good one', async () => {
    expect((await once(5)).observed).toBe(4);
    haproxy.round = quiet;
    expect(await once(6)).toMatchObject({ observed: 6 });
    expect((await once(6)).rejection).toBeUndefined();
  });

  it('is cut to what a report can hold', async () => {
    haproxy.round = { ...quiet, rejection: 'x'.repeat(20_000), waitingFor: Array.from({ length: 99 }, () => 'y') };
    const { rejection, waitingFor } = await once(5);
    expect([rejection?.words.length, waitingFor.length]).toEqual([8_192, 50]);
  });
});

it('measures how long a round took', async () => {
  expect((await once(1)).durationMs).toBeGreaterThanOrEqual(3);
});

it('sweeps every engine and names what each has repaired', async () => {
  haproxy.repairs = ['vs1/rs2 has weight 1'];
  nftables.repairs = ['chain service_5 is different'];
  expect(await reconciler.sweep(at(3))).toMatchObject({
    observed: 3,
    repairs: [
      { engine: 'haproxy', found: ['vs1/rs2 has weight 1'], done: 'none', left: [] },
      { engine: 'nftables', found: ['chain service_5 is different'], done: 'none', left: [] },
    ],
  });
});
