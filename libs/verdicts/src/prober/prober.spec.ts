import { fromSnapshot } from '@evenkeel/cluster';
import type { ProbeResult, RealServerId, Verdict } from '@evenkeel/contracts';
import {
  aRealServer,
  aSnapshot,
  aVerdict,
  aVirtualService,
  ManualClock,
  realServerId,
  type ServiceFields,
  virtualServiceId,
} from '@evenkeel/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { targetsOf } from '../targets-of.ts';
import type { Wanted } from '../wanted.ts';
import { Prober } from './prober.ts';

/** Servers that do what the script says: the outcome of the next questions, by address. */
class FakeServers {
  readonly asked: { readonly address: string; readonly atMs: number }[] = [];
  readonly underWay = new Map<string, number>();
  mostAtOnce = 0;
  mostPerTarget = 0;
  latencyMs = 1;

  constructor(
    private readonly clock: ManualClock,
    readonly outcomes: Record<string, ProbeResult['outcome']> = {},
  ) {}

  probe = async (_check: unknown, { address }: { readonly address: string }): Promise<ProbeResult> => {
    this.asked.push({ address, atMs: this.clock.monotonicMs() });
    this.underWay.set(address, (this.underWay.get(address) ?? 0) + 1);
    this.mostAtOnce = Math.max(
      this.mostAtOnce,
      [...this.underWay.values()].reduce((sum, one) => sum + one, 0),
    );
    this.mostPerTarget = Math.max(this.mostPerTarget, this.underWay.get(address) ?? 0);
    await this.clock.rest(this.latencyMs).over;
    this.underWay.delete(address);
    const outcome = this.outcomes[address] ?? 'passed';
    const reason = outcome === 'passed' ? 'check-passed' : 'connect-refused';
    const at = new Date(this.clock.nowMs()).toISOString();
    return { outcome, reason, detail: `${address} ${outcome}`, latencyMs: this.latencyMs, at };
  };

  timesOf(address: string): number[] {
    return this.asked.filter((question) => question.address === address).map(({ atMs }) => atMs);
  }
}

class FakeStore {
  readonly verdicts = new Map<RealServerId, Verdict>();
  /** Every state that was put, oldest first, with the time. */
  readonly story: string[] = [];
  readonly beats: number[] = [];
  puts = 0;
  /** How many verdicts it held at the last sign of life. */
  knownAtBeat = 0;
  private hasBeenEmptied = false;

  constructor(private readonly clock: ManualClock) {}

  put(verdict: Verdict): Promise<void> {
    const before = this.verdicts.get(verdict.realServerId);
    this.verdicts.set(verdict.realServerId, verdict);
    this.puts += 1;
    if (before?.state !== verdict.state) this.tell(`${Number(verdict.realServerId.slice(-12))} ${verdict.state}`);
    return Promise.resolve();
  }

  delete(id: RealServerId): Promise<void> {
    this.verdicts.delete(id);
    this.tell(`${Number(id.slice(-12))} gone`);
    return Promise.resolve();
  }

  beat(): Promise<void> {
    if (this.hasBeenEmptied) {
      this.hasBeenEmptied = false;
      return Promise.reject(new Error('made anew'));
    }
    this.knownAtBeat = this.verdicts.size;
    this.beats.push(this.clock.monotonicMs());
    return Promise.resolve();
  }

  /** As when somebody deletes the bucket and somebody else makes it anew. */
  loseEverything(): void {
    this.verdicts.clear();
    this.hasBeenEmptied = true;
  }

  private tell(what: string): void {
    this.story.push(what);
  }
}

/** One DICOM service with a machine for each number: real server 11 at 192.168.85.11. */
const aCluster = (hosts: readonly number[], fields: ServiceFields = {}): Wanted =>
  targetsOf(
    fromSnapshot(
      aSnapshot(
        [aVirtualService({ spec: fields })],
        hosts.map((number) =>
          aRealServer({ number, spec: { label: `PACS${number}`, address: `192.168.85.${number}` } }),
        ),
      ),
    ),
  );

let end: () => Promise<void> = () => Promise.resolve();
afterEach(() => end());

/** The same numbers from the same seed (mulberry32). */
const seeded = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

type Options = { outcomes?: FakeServers['outcomes']; probesMax?: number; checker?: string; refreshMs?: number };

const start = (options: Options = {}) => {
  const clock = new ManualClock();
  const servers = new FakeServers(clock, options.outcomes);
  const store = new FakeStore(clock);
  const failures: unknown[] = [];
  const settings = {
    checker: options.checker ?? 'health-1',
    probesMax: options.probesMax ?? 100,
    refreshMs: options.refreshMs ?? 10_000,
    onFailure: (failure: unknown) => failures.push(failure),
  };
  const prober = new Prober((check, target) => servers.probe(check, target), store, settings, clock, seeded(7));
  const ended = prober.run();
  end = async () => {
    prober.stop();
    await clock.advance(10_000);
    await ended;
    expect(servers.mostPerTarget).toBeLessThan(2); // whatever a test does
  };
  return { clock, servers, store, prober, failures };
};

describe('pace', () => {
  it('asks each target once an interval, and spreads the first questions', async () => {
    const { clock, servers, prober } = start();
    prober.want(aCluster([11, 12, 13], { healthCheck: { kind: 'connect', interval: '2s' } }));
    await clock.advance(20_000);
    for (const address of ['192.168.85.11', '192.168.85.12', '192.168.85.13']) {
      const times = servers.timesOf(address);
      expect(times).toHaveLength(10);
      expect(times[0]).toBeLessThan(2_000);
      expect(times.slice(1).every((time, index) => time - (times[index] ?? 0) === 2_000)).toBe(true);
    }
    expect(new Set(['11', '12', '13'].map((host) => servers.timesOf(`192.168.85.${host}`)[0])).size).toBe(3);
  });

  it('asks a slow server again as soon as it has answered, never twice at a time', async () => {
    const { clock, servers, prober } = start();
    servers.latencyMs = 2_500;
    prober.want(aCluster([11], { healthCheck: { kind: 'connect', interval: '2s' } }));
    await clock.advance(20_000);
    const times = servers.timesOf('192.168.85.11');
    expect(times.slice(1, 5).map((time, index) => time - (times[index] ?? 0))).toEqual([2_500, 2_500, 2_500, 2_500]);
  });

  it('never has more questions under way than allowed, and forgets nobody', async () => {
    const { clock, servers, prober } = start({ probesMax: 3 });
    servers.latencyMs = 300;
    prober.want(aCluster(Array.from({ length: 20 }, (_, index) => index + 1)));
    await clock.advance(30_000);
    expect(servers.mostAtOnce).toBe(3);
    expect(new Set(servers.asked.map(({ address }) => address)).size).toBe(20);
  });
});

describe('verdicts', () => {
  it('are published when they change, and not at every question', async () => {
    const { clock, servers, store, prober } = start();
    prober.want(aCluster([11]));
    await clock.advance(10_000);
    servers.outcomes['192.168.85.11'] = 'failed';
    await clock.advance(10_000);
    servers.outcomes['192.168.85.11'] = 'passed';
    await clock.advance(10_000);
    expect(store.story).toEqual(['11 unknown', '11 up', '11 down', '11 up']);
    expect(store.puts).toBeLessThan(4 + 4); // four states, and newer evidence every ten seconds
    expect(store.verdicts.get(realServerId(11))?.evidence.length).toBeGreaterThan(5);
  });

  it('come with newer evidence less often when there are many, and still come', async () => {
    const { clock, store, prober } = start({ refreshMs: 10 });
    const hosts = Array.from({ length: 40 }, (_, index) => index + 2);
    prober.want(aCluster(hosts, { healthCheck: { kind: 'connect', interval: '100ms' } }));
    await clock.advance(1_000);
    const before = store.puts;
    await clock.advance(2_000);
    expect(store.puts - before).toBeGreaterThan(200);
    expect(store.puts - before).toBeLessThanOrEqual(2 * 200 + 40); // for all together; each had been asked twenty times
  });

  it('are the same for all real servers that share a target', async () => {
    const { clock, store, prober } = start({ outcomes: { '192.168.85.11': 'failed' } });
    const services = [1, 3].map((number) =>
      aVirtualService({
        number,
        spec: { label: `S${number}`, ports: [100 + number], healthCheck: { kind: 'connect', port: 104 } },
      }),
    );
    const realServers = [2, 4].map((number) =>
      aRealServer({ number, virtualServiceId: virtualServiceId(number - 1), spec: { address: '192.168.85.11' } }),
    );
    prober.want(targetsOf(fromSnapshot(aSnapshot(services, realServers))));
    await clock.advance(10_000);
    expect([...store.verdicts.values()].map(({ state }) => state)).toEqual(['down', 'down']);
  });

  it('say what a checker cannot judge because of its own fault', async () => {
    const { clock, servers, store, prober, failures } = start();
    const fault = new Error('a bug');
    servers.probe = () => Promise.reject(fault);
    prober.want(aCluster([11]));
    await clock.advance(10_000);
    expect(store.verdicts.get(realServerId(11))).toMatchObject({ state: 'unknown', reason: 'checker-failed' });
    expect(failures[0]).toBe(fault);
  });
});

describe('when the book changes', () => {
  it('goes on undisturbed with what stays, and takes back what goes', async () => {
    const { clock, servers, store, prober } = start();
    prober.want(aCluster([11, 12]));
    await clock.advance(10_000);
    const { since } = store.verdicts.get(realServerId(11))!;
    prober.want(aCluster([11, 13]));
    await clock.advance(10_000);
    const times = servers.timesOf('192.168.85.11');
    expect(times.slice(1).every((time, index) => time - (times[index] ?? 0) === 2_000)).toBe(true);
    expect(store.verdicts.get(realServerId(11))?.since).toBe(since);
    expect([...store.verdicts.keys()].toSorted()).toEqual([realServerId(11), realServerId(13)]);
  });

  it('keeps a verdict until a changed check has its own', async () => {
    const { clock, store, prober } = start({ outcomes: { '192.168.85.11': 'failed' } });
    prober.want(aCluster([11]));
    await clock.advance(10_000);
    prober.want(aCluster([11], { healthCheck: { kind: 'connect', interval: '1s' } }));
    await clock.advance(10_000);
    expect(store.story).toEqual(['11 unknown', '11 down']);
  });

  it('neither asks twice at a time nor faster when the book changes during a question', async () => {
    const { clock, servers, prober } = start();
    servers.latencyMs = 1_900;
    prober.want(aCluster([11]));
    await clock.advance(3_000);
    expect(servers.underWay.size).toBe(1);
    for (const hosts of [[11, 12], [12], [11], [11, 12]]) prober.want(aCluster(hosts));
    await clock.advance(20_000);
    const times = servers.timesOf('192.168.85.11');
    expect(times.length).toBeGreaterThan(9);
    expect(times.slice(1).every((time, index) => time - (times[index] ?? 0) >= 1_900)).toBe(true);
  });
});

describe('a restart', () => {
  const down = aVerdict({
    realServerId: realServerId(11),
    state: 'down',
    reason: 'connect-refused',
    detail: 'refused',
  });
  const secondsAgo = (clock: ManualClock, seconds: number) => new Map([['health-1', clock.nowMs() - 1_000 * seconds]]);

  it('goes on from what is in the store: neither state nor time change', async () => {
    const { clock, store, prober } = start({ outcomes: { '192.168.85.11': 'failed' } });
    store.verdicts.set(realServerId(11), down);
    prober.adopt([down], secondsAgo(clock, 5));
    prober.want(aCluster([11]));
    await clock.advance(30_000);
    expect(store.story).toEqual([]);
    expect(store.verdicts.get(realServerId(11))).toMatchObject({ state: 'down', since: down.since });
  });

  it('does not believe verdicts of a checker that had long been silent', async () => {
    const { clock, store, prober } = start();
    store.verdicts.set(realServerId(11), down);
    prober.adopt([down], secondsAgo(clock, 120));
    prober.want(aCluster([11]));
    await clock.advance(3_000);
    expect(store.story).toEqual(['11 unknown', '11 up']);
  });

  it('puts its own name on the verdicts it took over', async () => {
    const { clock, store, prober } = start({ checker: 'health-2', outcomes: { '192.168.85.11': 'failed' } });
    store.verdicts.set(realServerId(11), down);
    prober.adopt([down], secondsAgo(clock, 5));
    prober.want(aCluster([11]));
    await clock.advance(10);
    expect(store.verdicts.get(realServerId(11))).toMatchObject({
      state: 'down',
      since: down.since,
      checker: 'health-2',
    });
  });

  it('takes back verdicts of real servers that left the book meanwhile', async () => {
    const { clock, store, prober } = start();
    store.verdicts.set(realServerId(11), down);
    prober.adopt([down], secondsAgo(clock, 5));
    prober.want(aCluster([12]));
    await clock.advance(10);
    expect(store.story).toContain('11 gone');
  });
});

describe('signs of life', () => {
  it('come every second once all targets are judged', async () => {
    const { clock, store, prober } = start({ outcomes: { '192.168.85.12': 'failed' } });
    prober.want(aCluster([11, 12]));
    await clock.advance(20_000);
    const [first] = store.beats;
    expect(first).toBeGreaterThan(4_000); // the third failure of .12
    expect(first).toBeLessThan(8_000);
    expect(store.beats.length).toBeGreaterThan(10);
    expect(store.beats.slice(1).every((time, index) => time - (store.beats[index] ?? 0) <= 1_100)).toBe(true);
  });

  it('come before anything is known only of targets that cannot be judged soon', async () => {
    const { clock, servers, store, prober } = start();
    servers.latencyMs = 60_000;
    prober.want(aCluster([11], { healthCheck: { kind: 'connect', interval: '1h', timeout: '5m' } }));
    await clock.advance(29_000);
    expect(store.beats).toEqual([]);
    await clock.advance(5_000);
    expect(store.beats.length).toBeGreaterThan(2);
  });

  it('come after a restart when what was taken over was seen again, or seen to be otherwise', async () => {
    const { clock, store, prober } = start({ outcomes: { '192.168.85.11': 'failed' } });
    const taken = aVerdict({ realServerId: realServerId(11), state: 'up' });
    store.verdicts.set(realServerId(11), taken);
    prober.adopt([taken], new Map([[taken.checker, clock.nowMs()]]));
    prober.want(aCluster([11, 12]));
    await clock.advance(20_000);
    expect(store.story).toEqual(['12 unknown', '12 up', '11 down']);
    expect(store.beats[0]).toBeGreaterThan(4_000); // the third failure of .11
    expect(store.beats[0]).toBeLessThan(8_000);
  });

  it('go on when a server that was judged begins to fail', async () => {
    const { clock, servers, store, prober } = start();
    prober.want(aCluster([11]));
    await clock.advance(4_000);
    servers.outcomes['192.168.85.11'] = 'failed';
    const before = store.beats.length;
    await clock.advance(4_000);
    expect(store.beats.length - before).toBeGreaterThanOrEqual(3);
  });

  it('do not come before the book is known', async () => {
    const { clock, store } = start();
    await clock.advance(20_000);
    expect(store.beats).toEqual([]);
  });

  it('vouch again for a store that lost everything only when it has been told everything again', async () => {
    const { clock, store, prober } = start({ outcomes: { '192.168.85.12': 'failed' } });
    prober.want(aCluster([11, 12]));
    await clock.advance(12_000);
    const known = [...store.verdicts.values()].map(({ realServerId: id, state }) => [id, state]);
    const before = store.beats.length;
    store.loseEverything();
    store.knownAtBeat = 0;
    await clock.advance(2_500); // a beat that fails and one that does not; newer evidence alone is told every ten seconds
    expect(store.beats.length).toBeGreaterThan(before);
    expect(store.knownAtBeat).toBe(2);
    expect([...store.verdicts.values()].map(({ realServerId: id, state }) => [id, state]).toSorted()).toEqual(
      known.toSorted(),
    );
  });
});
