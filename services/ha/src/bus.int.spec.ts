import { setTimeout as rest } from 'node:timers/promises';
import type { HaStatus } from '@evenkeel/contracts';
import { describeNeeding } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Pair, type Told } from '../test/pair.ts';
import type { Side } from '../test/test-segment.ts';

// A real pair in a network of its own, and a real NATS beside it. A busy machine may have moved the addresses before a test
// looks, so each asks first who serves.

const settleMs = 4_500;

const statusOf = ({ statuses }: Told, side: Side): HaStatus | undefined => statuses.find(({ node }) => node === side);
const otherThan = (side: Side): Side => (side === 'lb-a' ? 'lb-b' : 'lb-a');
const changesIn = ({ journal }: Told) => journal.filter((entry) => entry.kind === 'role-changed');

describeNeeding(
  describe,
  'root',
  'ip',
  'nft',
)('a pair with a bus', () => {
  let pair: Pair;
  beforeEach(async () => {
    pair = await Pair.open();
    await pair.startBus();
  }, 60_000);
  afterEach(() => pair.dispose(), 30_000);

  /** What is told when both run, and who serves. */
  const begin = async (): Promise<{ readonly told: Told; readonly active: Side; readonly other: Side }> => {
    pair.start('lb-a');
    await pair.answers('lb-a');
    pair.start('lb-b');
    await rest(settleMs);
    const told = await pair.told();
    const active: Side = statusOf(told, 'lb-b')?.role === 'active' ? 'lb-b' : 'lb-a';
    return { told, active, other: otherThan(active) };
  };

  it('tells who serves and why, and writes each change of role down with what it went by', async () => {
    const { told: before, active, other } = await begin();
    expect(statusOf(before, active)).toMatchObject({
      role: 'active',
      addresses: ['192.168.85.150'],
      profile: 'safe',
      evidence: { peers: [{ node: other, isLive: true, says: 'standby' }], gateway: { answers: true } },
    });
    const epoch = statusOf(before, active)?.epoch;
    expect(statusOf(before, other)).toMatchObject({
      role: 'standby',
      reason: `${active} serves the addresses (epoch ${epoch})`,
    });
    expect(changesIn(before)[0]).toMatchObject({ node: 'lb-a', from: 'standby', to: 'active', cause: 'silence' });

    process.kill(await pair.agent(active), 'SIGKILL');
    await pair.answers(other);
    await rest(settleMs);
    const after = await pair.told();
    expect(changesIn(after)).toContainEqual(
      expect.objectContaining({ node: active, from: 'active', to: 'standby', cause: 'agent-ended' }),
    );
    const taken = changesIn(after).findLast(({ node, to }) => node === other && to === 'active');
    expect(taken).toMatchObject({
      group: 'addresses',
      addresses: ['192.168.85.150'],
      sentence: expect.stringMatching(
        new RegExp(`^${other}: this node serves the addresses \\(epoch \\d+\\): the other`),
      ),
      evidence: { peers: [{ node: active }], gateway: { asked: ['192.168.85.1'] } },
    });
    expect(taken?.epoch).toBeGreaterThan(epoch ?? 0);
    expect(statusOf(after, active)).toMatchObject({ boot: 2 });

    expect(await pair.node(other).stop(20_000)).toMatchObject({ code: 0 });
    await pair.answers(active);
    expect(changesIn(await pair.told())).toContainEqual(expect.objectContaining({ node: other, cause: 'stopped' }));
  }, 120_000);

  it('goes on without the bus, takes over without it, and writes that down when it is back', async () => {
    const { told: before, active, other } = await begin();
    await pair.killBus();
    await rest(settleMs);
    expect(await pair.seen()).toMatchObject({ answered: [active], twice: 0 });
    pair.node(active).kill('SIGKILL');
    expect((await pair.answers(other)).twice).toBe(0);
    await pair.startBus();
    await rest(settleMs);
    const told = await pair.told();
    expect(changesIn(told).slice(changesIn(before).length)).toMatchObject([{ node: other, to: 'active' }]);
    expect(statusOf(told, active)).toBeUndefined();
    expect(statusOf(told, other)).toMatchObject({ role: 'active' });
  }, 120_000);

  const makeActive = { kind: 'make-active' } as const;

  it('makes a node active when an operator wants it, measures that, and writes down who wanted it', async () => {
    const { active, other } = await begin();
    expect(await pair.ask(other, makeActive, true)).toMatchObject({
      kind: 'done',
      moves: true,
      sentence: `${active} hands the addresses over to ${other}, and connections through them break`,
    });
    expect(await pair.seen()).toMatchObject({ answered: [active] });

    expect(await pair.ask(other, makeActive)).toMatchObject({
      kind: 'done',
      changed: true,
      handover: { from: active },
    });
    expect((await pair.answers(other)).twice).toBe(0);
    expect(await pair.ask(other, makeActive)).toMatchObject({ kind: 'refused', refusal: { kind: 'already-active' } });
    const told = await pair.told();
    expect(changesIn(told)).toContainEqual(expect.objectContaining({ node: active, cause: 'called', goesTo: other }));
    expect(told.journal.filter(({ kind }) => kind === 'ha-asked')).toMatchObject([
      { node: other, wish: 'make-active', outcome: 'done', actor: { name: 'anna' }, reason: 'spec' },
      { node: other, outcome: 'refused' },
    ]);
  }, 120_000);

  it('keeps a node in maintenance over a restart of its agent, and lets it serve again afterwards', async () => {
    const { active, other } = await begin();
    expect(await pair.ask(active, { kind: 'maintenance', isOn: true })).toMatchObject({ kind: 'done', moves: true });
    expect((await pair.answers(other)).twice).toBe(0);
    process.kill(await pair.agent(active), 'SIGKILL');
    await rest(settleMs);
    const maintenance = { by: 'anna', reason: 'spec' };
    expect(statusOf(await pair.told(), active)).toMatchObject({ boot: 2, canServe: false, maintenance });
    expect(await pair.ask(active, makeActive)).toMatchObject({
      kind: 'refused',
      refusal: { kind: 'in-maintenance', maintenance },
    });

    expect(await pair.ask(active, { kind: 'maintenance', isOn: false })).toMatchObject({ kind: 'done', changed: true });
    expect(await pair.ask(active, makeActive)).toMatchObject({ kind: 'done', handover: { from: other } });
    expect((await pair.answers(active)).twice).toBe(0);
  }, 120_000);

  it('hears the other one over the bus when UDP between them is cut, and goes on when the bus is cut instead', async () => {
    const { active, other } = await begin();
    for (const side of [active, other]) {
      await pair.host(side).run('nft', ['add table inet cut']);
      await pair.host(side).run('nft', ['add chain inet cut in { type filter hook input priority 0; }']);
      await pair.host(side).run('nft', ['add rule inet cut in udp dport 6694 drop']);
    }
    await rest(settleMs);
    const cut = await pair.told();
    expect(statusOf(cut, active)).toMatchObject({
      role: 'active',
      evidence: { peers: [{ node: other, isLive: true }] },
    });
    expect(statusOf(cut, other)).toMatchObject({
      role: 'standby',
      evidence: { peers: [{ node: active, isLive: true }] },
    });
    expect(await pair.ask(other, makeActive)).toMatchObject({ kind: 'done', handover: { from: active } });
    expect((await pair.answers(other)).twice).toBe(0);

    for (const side of [active, other]) await pair.host(side).run('nft', ['delete table inet cut']);
    await pair.killBus();
    await rest(settleMs);
    expect(await pair.seen()).toMatchObject({ answered: [other], twice: 0 });
  }, 120_000);
});
