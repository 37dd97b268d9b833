import { describe, expect, it } from '@jest/globals';
import { Agent, peer, third, times } from '../test/agent.ts';

/** A standby that consents to whatever it hears. */
const consents = { role: 'standby', grants: true } as const;
const isActive = { role: 'active', epoch: 1 } as const;

/** An agent that has taken the addresses with the consent of its peer. */
const active = (): Agent => {
  const agent = new Agent();
  agent.around.says = () => consents;
  return agent.pass(times.initMs + 200);
};

/** One whose peer serves. */
const standby = (): Agent => {
  const agent = new Agent();
  agent.around.says = () => isActive;
  return agent.pass(times.initMs + 200);
};

describe('the active of a pair', () => {
  it('took over by consent, and goes on', () => {
    const agent = active();
    expect(agent.news()).toEqual(['took-over consent']);
    agent.pass(10_000);
    expect(agent.isServing).toBe(true);
  });

  // NATS, the peer, the gateway: what answers, and whether it still serves a second later.
  it.each([
    { nats: true, peerSeen: true, gateway: true, serves: true },
    { nats: true, peerSeen: false, gateway: true, serves: true },
    { nats: true, peerSeen: false, gateway: false, serves: false },
    { nats: false, peerSeen: true, gateway: true, serves: true },
    { nats: false, peerSeen: false, gateway: true, serves: true },
    { nats: false, peerSeen: false, gateway: false, serves: false },
  ])('with NATS $nats, peer $peerSeen and gateway $gateway: serves $serves', ({ nats, peerSeen, gateway, serves }) => {
    const agent = active();
    Object.assign(agent.around, { hasNats: nats, hasGateway: gateway });
    if (!peerSeen) agent.around.says = undefined;
    agent.pass(3_000);
    expect(agent.isServing).toBe(serves);
    expect(agent.news().slice(1)).toEqual(serves ? [] : ['let-go no-proof']);
  });

  it.each([true, false])('without the gateway hands over to a peer that has it (NATS %s)', (hasNats) => {
    const agent = active();
    Object.assign(agent.around, { hasNats, hasGateway: false });
    agent.pass(3_000);
    expect(agent.news().slice(1)).toEqual(['let-go gateway-lost']);
    expect(agent.isServing).toBe(false);
  });

  it.each([true, false])('without the gateway stays when the peer has none either (NATS %s)', (hasNats) => {
    const agent = active();
    Object.assign(agent.around, { hasNats, hasGateway: false });
    agent.around.says = () => ({ ...consents, hasGateway: false });
    agent.pass(3_000);
    expect(agent.isServing).toBe(true);
  });

  it('is mute before the longest that anybody waits, when nothing proves anything any more', () => {
    const agent = active();
    Object.assign(agent.around, { hasGateway: false, says: undefined });
    const since = agent.now;
    while (agent.isServing) agent.pass(times.tickMs);
    expect(agent.now - since).toBeLessThanOrEqual(2 * times.selfMs);
  });

  it('hands over when it is called off, mutes first, and does not take back', () => {
    const agent = active();
    agent.around.says = () => ({ ...consents, calls: 'asks' });
    agent.pass(times.tickMs * 10);
    expect(agent.news().slice(1)).toEqual(['let-go called']);
    agent.around.says = () => ({ role: 'active', epoch: 9 });
    agent.pass(3_000);
    expect(agent.news().slice(2)).toEqual([]);
  });

  it('does not hand over to a peer that could not serve, unless it is forced to', () => {
    const agent = active();
    agent.around.says = () => ({ ...consents, calls: 'asks', canServe: false });
    agent.pass(1_000);
    expect(agent.isServing).toBe(true);
    agent.around.says = () => ({ ...consents, calls: 'force', canServe: false });
    agent.pass(100);
    expect(agent.isServing).toBe(false);
  });

  it('goes into maintenance when somebody else can serve, and serves on while nobody can', () => {
    const agent = active();
    agent.around.says = () => ({ ...consents, canServe: false });
    agent.pass(100);
    agent.give({ kind: 'maintenance', isOn: true });
    agent.pass(1_000);
    expect(agent.isServing).toBe(true);
    agent.around.says = () => consents;
    agent.pass(100);
    expect(agent.news().slice(1)).toEqual(['let-go maintenance']);
  });

  it.each([
    { epoch: 7, serves: false },
    { epoch: 0, serves: true },
  ])('gives way to another active under a higher epoch only ($epoch)', ({ epoch, serves }) => {
    const agent = active();
    agent.around.says = () => ({ role: 'active', epoch });
    agent.pass(1_000);
    expect(agent.isServing).toBe(serves);
  });

  it('gives way when the lease is another one’s under a higher epoch', () => {
    const agent = active();
    agent.give({ kind: 'lease-seen', lease: { revision: 99, holder: { node: peer, boot: 3 }, epoch: 7 } });
    agent.pass(times.tickMs);
    expect(agent.news()[1]).toBe('let-go lease-lost');
  });

  it('is no active any more when the kernel says that its time was up', () => {
    const agent = active();
    agent.give({ kind: 'extended', isDone: false });
    expect(agent.news().slice(1)).toEqual(['let-go kernel-refused']);
  });
});

describe('the standby of a pair', () => {
  it('stays while its peer serves', () => {
    expect(standby().pass(10_000).news()).toEqual([]);
  });

  it.each(['lives', 'is silent'])(
    'takes over though some answers of the gateway were lost while its peer %s',
    (peer) => {
      const agent = standby();
      agent.around.hasGateway = false;
      if (peer === 'is silent') agent.around.says = undefined;
      agent.pass(times.answerMs);
      agent.around.hasGateway = true;
      agent.pass(times.answerMs);
      agent.around.says = undefined;
      expect(agent.pass(2 * times.deadMs).news()).toEqual(['took-over silence']);
    },
  );

  it.each([
    { hasNats: true, hasGateway: true, takes: true },
    { hasNats: true, hasGateway: false, takes: false },
    { hasNats: false, hasGateway: true, takes: true },
    { hasNats: false, hasGateway: false, takes: false },
  ])('when its peer falls silent, with NATS $hasNats and gateway $hasGateway: takes over $takes', (around) => {
    const agent = standby();
    Object.assign(agent.around, { hasNats: around.hasNats, hasGateway: around.hasGateway, says: undefined });
    agent.pass(2_000);
    expect(agent.news()).toEqual(around.takes ? ['took-over silence'] : []);
  });

  it('takes over no sooner than T_dead after the last sign of life, and not much later', () => {
    const agent = standby();
    agent.around.says = undefined;
    const since = agent.now;
    while (!agent.isServing) agent.pass(times.tickMs);
    expect(agent.now - since).toBeGreaterThanOrEqual(times.deadMs - times.heartbeatMs);
    expect(agent.now - since).toBeLessThanOrEqual(times.deadMs + times.heartbeatMs);
  });

  it('does not while the kernel of its peer answers for the addresses', () => {
    const agent = standby();
    Object.assign(agent.around, { says: undefined, isServedElsewhere: true });
    expect(agent.pass(5_000).news()).toEqual([]);
  });

  it('does not while somebody renews the lease', () => {
    const agent = standby();
    agent.around.says = undefined;
    for (let revision = 1; revision < 20; revision += 1) {
      agent.give({ kind: 'lease-seen', lease: { revision, holder: { node: peer, boot: 1 }, epoch: 1 } });
      agent.pass(times.leaseRenewMs);
    }
    expect(agent.news()).toEqual([]);
    expect(agent.pass(2_000).news()).toEqual(['took-over silence']);
  });

  it('counts anew when it was paused itself', () => {
    const agent = standby();
    agent.around.says = undefined;
    agent.pass(times.deadMs - 100);
    agent.now += 200;
    agent.pass(times.deadMs - 100);
    expect(agent.news()).toEqual([]);
    expect(agent.pass(200).news()).toEqual(['took-over silence']);
  });

  it('leaves it to a better ranked one that asks who serves as well', () => {
    const agent = new Agent({ settings: { rank: 5 } });
    agent.around.says = () => isActive;
    agent.pass(times.initMs + 200);
    agent.around.says = undefined;
    for (let count = 0; count < 40; count += 1) {
      agent.give({ kind: 'rival-seen', node: peer });
      agent.pass(times.heartbeatMs);
    }
    expect(agent.news()).toEqual([]);
  });

  it('takes over at once from a peer that says its last word', () => {
    const agent = standby();
    agent.around.says = () => ({ ...consents, isLast: true });
    agent.pass(100);
    expect(agent.news()).toEqual(['took-over consent']);
  });

  it('never takes over in maintenance, unless it is forced to', () => {
    const agent = standby();
    agent.give({ kind: 'maintenance', isOn: true });
    agent.around.says = undefined;
    expect(agent.pass(5_000).news()).toEqual([]);
    agent.give({ kind: 'make-active', force: true });
    expect(agent.pass(1_000).news()).toEqual(['took-over silence']);
  });

  it('stands down when the lease was given to somebody else meanwhile', () => {
    const agent = standby();
    agent.around.says = undefined;
    agent.around.hasNats = false;
    while (agent.role === 'standby' && agent.now < 10_000) {
      agent.give({ kind: 'nats-answered' });
      agent.pass(times.tickMs);
    }
    expect(agent.role).toBe('claiming');
    agent.give({ kind: 'lease-answered', attempt: agent.state.attempt, isTaken: false });
    expect(agent.news()).toEqual(['stood-down lease-conflict']);
  });

  it('goes on without an answer of NATS', () => {
    const agent = standby();
    agent.around.says = undefined;
    agent.around.hasNats = false;
    agent.give({ kind: 'nats-answered' });
    agent.pass(times.deadMs - 200);
    agent.give({ kind: 'nats-answered' });
    expect(agent.pass(1_000).news()).toEqual(['took-over silence']);
  });

  it('calls the active off after a time, where that is wanted and it is preferred', () => {
    const agent = new Agent({ settings: { failbackAfterMs: 5_000 } });
    const calls: string[] = [];
    agent.around.says = (heard) => {
      calls.push(heard.calls);
      return isActive;
    };
    agent.pass(times.initMs + 4_000);
    expect(new Set(calls)).toEqual(new Set(['no']));
    agent.pass(2_000);
    expect(calls).toContain('asks');
  });
});

describe('one of three', () => {
  it('serves with one consent of the two, and not without', () => {
    const agent = new Agent({ others: [peer, third] });
    agent.around.says = (_heard, from) => (from === peer ? consents : { role: 'standby' });
    agent.pass(times.initMs + 200);
    expect(agent.news()).toEqual(['took-over majority']);
    expect(agent.pass(2_000).isServing).toBe(true);
    agent.around.says = () => ({ role: 'standby' });
    expect(agent.pass(1_000).isServing).toBe(false);
  });

  it('is not helped by the gateway', () => {
    const agent = new Agent({ others: [peer, third] });
    expect(agent.pass(10_000).news()).toEqual([]);
  });
});

describe('a single node', () => {
  it('serves soon after its start, for good, whatever is away', () => {
    const agent = new Agent({ others: [] });
    Object.assign(agent.around, { hasNats: false, hasGateway: false });
    agent.pass(times.deadMs + 100);
    expect(agent.news()).toEqual(['took-over alone']);
    expect(agent.pass(60_000).isServing).toBe(true);
    expect(agent.extensions).toEqual([]);
  });

  it('goes on where an earlier agent of it ended, and takes nothing over', () => {
    const agent = new Agent({ others: [], isServing: true });
    expect(agent.pass(5_000)).toMatchObject({ role: 'active', isServing: true });
    expect(agent.news()).toEqual([]);
    expect(agent.extensions).toEqual([]);
  });

  it('leaves addresses alone that somebody else answers for, until nobody does', () => {
    const agent = new Agent({ others: [] });
    agent.around.isServedElsewhere = true;
    expect(agent.pass(5_000).news()).toEqual(['address-in-use']);
    agent.around.isServedElsewhere = false;
    expect(agent.pass(1_000).news()).toEqual(['address-in-use', 'took-over alone']);
  });
});

describe('a heartbeat', () => {
  it('that is older than one that was heard, or of an earlier start, changes nothing', () => {
    const agent = standby();
    const heard = agent.state.peers.get(peer)?.heard?.heartbeat;
    if (heard === undefined) throw new Error('nothing was heard');
    const before = agent.state.peers.get(peer);
    agent.give({ kind: 'heard', heartbeat: { ...heard, sequence: heard.sequence - 1, role: 'standby', grants: true } });
    agent.give({ kind: 'heard', heartbeat: { ...heard, boot: 0, sequence: 10_000, role: 'standby', grants: true } });
    expect(agent.state.peers.get(peer)?.heard).toEqual(before?.heard);
  });

  it('of somebody who is no member changes nothing', () => {
    const agent = standby();
    const heard = agent.state.peers.get(peer)?.heard?.heartbeat;
    if (heard === undefined) throw new Error('nothing was heard');
    agent.give({ kind: 'heard', heartbeat: { ...heard, node: third, sequence: 10_000, epoch: 99 } });
    expect(agent.state.epoch).toBeLessThan(99);
  });
});
