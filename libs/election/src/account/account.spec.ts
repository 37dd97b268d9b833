import { HaEvidence } from '@evenkeel/contracts';
import { expect, it } from '@jest/globals';
import { Agent, peer, third, times } from '../../test/agent.ts';
import type { ElectionEvent } from '../event.ts';
import { accountOf } from './account.ts';

const consents = { role: 'standby', grants: true } as const;
const isActive = { role: 'active', epoch: 4 } as const;
const account = (agent: Agent) => accountOf(agent.state, agent.now);
const begun = (agent: Agent): Agent => agent.pass(times.initMs + 200);
const standby = (): Agent => {
  const agent = new Agent();
  agent.around.says = () => isActive;
  return begun(agent);
};
const told = (event: ElectionEvent): Agent => {
  const agent = standby();
  agent.give(event);
  return agent;
};

it('of one that serves says under which epoch, and what it goes by', () => {
  const agent = new Agent();
  agent.around.says = () => consents;
  const { evidence, ...rest } = account(begun(agent));
  expect(rest).toEqual({ role: 'active', epoch: 1, canServe: true, deadMs: times.deadMs, whyStandby: undefined });
  expect(HaEvidence.parse(evidence)).toMatchObject({
    peers: [{ node: peer, rank: 2, isLive: true, says: 'standby', hasGateway: true, canServe: true }],
    gateway: { asked: ['192.0.2.1'], answers: true },
  });
  expect(evidence.peers[0]?.consentMsAgo).toBeLessThan(times.selfMs);
  expect(evidence.peers[0]?.heardMsAgo).toBeLessThan(times.selfMs);
});

it('of one that stands by says who serves', () => {
  expect(account(standby())).toMatchObject({
    role: 'standby',
    epoch: 4,
    whyStandby: 'lb-b serves the addresses (epoch 4)',
  });
});

it('of one that was never heard says so by saying nothing of it', () => {
  const { evidence } = account(begun(new Agent()));
  expect(evidence.peers).toEqual([{ node: peer, rank: 2, isLive: false }]);
});

it.each([
  ['has just started', () => new Agent().pass(10), /listens before it stands, for 19\d\d ms more/],
  ['is in maintenance', () => told({ kind: 'maintenance', isOn: true }), /^this node is in maintenance; lb-b serves/],
  ['has not read all', () => told({ kind: 'readiness', isReady: false }), /has not read the configuration/],
  [
    'counts a silence',
    () => {
      const agent = standby();
      Object.assign(agent.around, { hasGateway: false, says: undefined });
      agent.pass(3_000);
      agent.around.hasGateway = true;
      return agent.pass(times.deadMs / 2);
    },
    /lb-b is not heard; this node takes over after 500 ms of silence, and has counted \d+ ms/,
  ],
  [
    'may be cut off',
    () => {
      const agent = standby();
      Object.assign(agent.around, { hasGateway: false, says: undefined });
      return agent.pass(3_000);
    },
    /lb-b is not heard, and no gateway answers here: this node may be cut off/,
  ],
  [
    'has no gateway to ask',
    () => begun(new Agent({ settings: { pingNodes: [] } })),
    /no gateway is configured .* never takes over by silence; lb-b is not heard/,
  ],
  [
    'goes after another one',
    () => {
      const agent = new Agent({ settings: { rank: 9 } });
      agent.around.says = () => ({ role: 'standby', canServe: true, hasGateway: true });
      return begun(agent);
    },
    /nobody is heard to serve, and lb-b is to go first/,
  ],
  [
    'has asked',
    () => {
      const agent = new Agent();
      agent.around.says = () => ({ role: 'standby', canServe: true, hasGateway: true });
      return begun(agent);
    },
    /it has asked lb-b whether it may serve/,
  ],
  ['misses a majority', () => begun(new Agent({ others: [peer, third] })), /no majority of the nodes has consented/],
  [
    'is alone, and its address is in use',
    () => {
      const agent = new Agent({ others: [] });
      agent.around.isServedElsewhere = true;
      return agent.pass(3_000);
    },
    /another machine \(02:00:00:00:00:09\) answers for the addresses/,
  ],
] as const)('says why a node stands by that %s', (_what, agent, words) => {
  const { role, whyStandby } = account(agent());
  expect(role).toBe('standby');
  expect(whyStandby).toMatch(words);
});
