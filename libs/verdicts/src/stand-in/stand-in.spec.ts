import { type Cluster, fromSnapshot } from '@evenkeel/cluster';
import type { ProbeResult, RealServerId, VerdictReason, VerdictState } from '@evenkeel/contracts';
import {
  aRealServer,
  aSnapshot,
  aVirtualService,
  ManualClock,
  realServerId,
  type ServiceFields,
} from '@evenkeel/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { LastWord } from './last-word.ts';
import { StandIn } from './stand-in.ts';

const [pacs1, pacs2] = [realServerId(11), realServerId(12)];

/** One service on two machines, 192.168.85.11 and .12. */
const clusterWith = (fields: ServiceFields): Cluster =>
  fromSnapshot(
    aSnapshot(
      [aVirtualService({ spec: fields })],
      [11, 12].map((number) =>
        aRealServer({ number, spec: { label: `PACS${number}`, address: `192.168.85.${number}` } }),
      ),
    ),
  );
const connect: ServiceFields = { healthCheck: { kind: 'connect' } };
const echo: ServiceFields = { healthCheck: { kind: 'dicom-echo', interval: '2s' } };

let standIn: StandIn;
afterEach(() => standIn.stop());

type Said = readonly [RealServerId, VerdictState, VerdictReason?];

const start = (fields: ServiceFields, said: readonly Said[], { wereSilent = false } = {}) => {
  const clock = new ManualClock();
  const dead = new Set<string>();
  let [asked, changes, beats] = [0, 0, 0];
  let words: ReadonlyMap<RealServerId, LastWord>;
  let states: ReadonlyMap<RealServerId, VerdictState>;
  /** What the checkers have put into their bucket. */
  const say = (...all: readonly Said[]): void => {
    words = new Map(all.map(([id, state, reason]) => [id, { state, reason }]));
    states = new Map(all.map(([id, state]) => [id, state]));
  };
  say(...said);
  const probe = (_check: unknown, { address }: { readonly address: string }): Promise<ProbeResult> => {
    asked += 1;
    const [outcome, reason] = dead.has(address)
      ? (['failed', 'connect-refused'] as const)
      : (['passed', 'check-passed'] as const);
    return Promise.resolve({
      outcome,
      reason,
      detail: reason,
      latencyMs: 1,
      at: new Date(clock.nowMs()).toISOString(),
    });
  };
  standIn = new StandIn(
    { states: () => states, word: (id) => words.get(id) },
    {
      leaseMs: 10_000,
      wereSilent,
      probe,
      clock,
      random: () => 0.5,
      onFailure: (failure) => expect(failure).toBeUndefined(),
      onChange: () => (changes += 1),
    },
  );
  let cluster = clusterWith(fields);
  const change = (to: ServiceFields): void => void (cluster = clusterWith(to));
  const pass = async (seconds: number, { beating = false } = {}): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await clock.advance(1_000);
      if (beating) standIn.heard('health-1', (beats += 1));
      standIn.look(cluster);
      await clock.settle();
    }
  };
  const of = (id: RealServerId): VerdictState | undefined => standIn.states().get(id);
  return { dead, pass, say, change, of, asked: () => asked, changes: () => changes, states: () => states };
};

describe('while the checkers speak', () => {
  it('their verdicts rule, the very map, and nobody is asked', async () => {
    const { pass, say, asked, changes, states } = start(connect, [[pacs1, 'up']]);
    await pass(60, { beating: true });
    expect(standIn.states()).toBe(states());
    say([pacs1, 'down', 'connect-refused']);
    expect(standIn.states()).toBe(states());
    expect(standIn.ruling()).toEqual({ by: 'health' });
    expect([asked(), changes()]).toEqual([0, 0]);
  });
});

describe('when the checkers fall silent', () => {
  it('nothing changes at first: the last verdicts stay, and what is asked is asked at the pace of the check', async () => {
    const { pass, of, asked } = start(connect, [
      [pacs1, 'up'],
      [pacs2, 'down', 'connect-refused'],
    ]);
    await pass(10);
    expect(asked()).toBe(0);
    await pass(1);
    expect([of(pacs1), of(pacs2)]).toEqual(['up', 'down']);
    expect(standIn.ruling()).toEqual({ by: 'own-checks', since: '2026-03-01T08:00:11.000Z', overruled: [] });
    await pass(20);
    expect(asked()).toBeGreaterThan(16);
    expect(asked()).toBeLessThan(24);
  });

  it('takes out a server after its own failures, and tells so', async () => {
    const { dead, pass, of, changes } = start(connect, [
      [pacs1, 'up'],
      [pacs2, 'up'],
    ]);
    await pass(12);
    dead.add('192.168.85.11');
    const before = changes();
    await pass(4); // two failures
    expect(of(pacs1)).toBe('up');
    await pass(3);
    expect([of(pacs1), of(pacs2), changes() - before]).toEqual(['down', 'up', 1]);
    expect(standIn.word(pacs1)).toMatchObject({ state: 'down', reason: 'connect-refused' });
    expect(standIn.ruling()).toMatchObject({ overruled: [{ realServerId: pacs1, state: 'down' }] });
  });

  it('takes out one that nobody has ever judged, too', async () => {
    const { dead, pass, of } = start(connect, []);
    dead.add('192.168.85.11');
    await pass(20);
    expect([of(pacs1), of(pacs2) ?? 'unknown']).toEqual(['down', 'unknown']);
  });

  it('brings back a server that could not be reached and can, after passes in a row', async () => {
    const { dead, pass, of } = start(echo, [[pacs1, 'down', 'connect-refused']]);
    dead.add('192.168.85.11');
    await pass(20);
    dead.clear();
    await pass(2);
    expect(of(pacs1)).toBe('down');
    await pass(2);
    expect(of(pacs1)).toBe('up');
    dead.add('192.168.85.11');
    await pass(8);
    expect(of(pacs1)).toBe('down');
  });

  it('never brings back a hung PACS, which accepts connections', async () => {
    const { pass, of, asked } = start(echo, [
      [pacs1, 'down', 'dicom-timeout'],
      [pacs2, 'down'],
    ]);
    await pass(120);
    expect([of(pacs1), of(pacs2), asked()]).toEqual(['down', 'down', 0]);
  });

  it('lets one that hung rise when the operator has asked for no more than connections meanwhile', async () => {
    const { pass, change, of } = start(echo, [[pacs1, 'down', 'dicom-timeout']]);
    await pass(20);
    change(connect);
    await pass(2);
    expect(of(pacs1)).toBe('down');
    await pass(4);
    expect(of(pacs1)).toBe('up');
  });

  it('goes by the book where there is nothing to check: who takes the check away wants the server to serve', async () => {
    const { pass, of } = start({ healthCheck: { kind: 'none' } }, [[pacs1, 'down', 'dicom-timeout']]);
    await pass(12);
    expect(of(pacs1)).toBe('up');
  });

  it('does not listen to what a checker says that does not vouch for it yet', async () => {
    const { pass, say, of } = start(connect, [[pacs1, 'down', 'dicom-timeout']]);
    await pass(11);
    say([pacs1, 'unknown', 'never-checked']);
    expect(of(pacs1)).toBe('down');
  });
});

describe('when the checkers speak again', () => {
  it('their verdicts rule at once when they go on speaking, and nobody is asked any more', async () => {
    const { dead, pass, say, asked, of, states } = start(connect, [[pacs1, 'up']]);
    dead.add('192.168.85.11');
    await pass(20);
    expect(of(pacs1)).toBe('down');
    say([pacs1, 'down', 'connect-refused'], [pacs2, 'up']);
    await pass(1, { beating: true });
    expect(standIn.states()).not.toBe(states());
    await pass(1, { beating: true });
    expect(standIn.states()).toBe(states());
    expect(standIn.ruling()).toEqual({ by: 'health' });
    const before = asked();
    await pass(5, { beating: true });
    expect(asked()).toBe(before);
  });
});

describe('a node that ended while the checkers were silent', () => {
  it('goes on by itself from what it knew, not from what they had said, until they speak', async () => {
    const known: Said = [pacs1, 'down', 'connect-refused'];
    const { dead, pass, say, of } = start(connect, [known], { wereSilent: true });
    dead.add('192.168.85.11');
    say([pacs1, 'up']); // what is still in the bucket
    await pass(3);
    expect(of(pacs1)).toBe('down');
    expect(standIn.ruling().by).toBe('own-checks');
    await pass(2, { beating: true });
    expect(of(pacs1)).toBe('up');
  });
});
