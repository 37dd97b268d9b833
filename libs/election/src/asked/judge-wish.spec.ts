import { expect, it } from '@jest/globals';
import { Agent, peer, times } from '../../test/agent.ts';
import { foreseeMaintenance, judgeMakeActive } from './judge-wish.ts';

const isActive = { role: 'active', epoch: 4, hasGateway: true } as const;
const begun = (says: Agent['around']['says']): Agent => {
  const agent = new Agent();
  agent.around.says = says;
  return agent.pass(times.initMs + 200);
};
const standby = () => begun(() => isActive);
const active = () => begun(() => ({ role: 'standby', grants: true }));
const make = ({ state, now }: Agent) => judgeMakeActive(state, now);

it('lets a node that stands by and could serve be made active, and says what breaks', () => {
  expect(make(standby())).toEqual({
    ok: true,
    value: {
      changes: true,
      moves: true,
      sentence: `${peer} hands the addresses over to lb-a, and connections through them break`,
    },
  });
});

it('lets it take what nobody serves', () => {
  const agent = standby();
  agent.around.says = undefined;
  agent.around.hasGateway = false;
  expect(make(agent.pass(3_000))).toMatchObject({ ok: true, value: { moves: false } });
});

it.each([
  ['serves', active, { kind: 'already-active', epoch: 1 }],
  [
    'is in maintenance',
    () => {
      const agent = standby();
      agent.give({ kind: 'maintenance', isOn: true });
      return agent;
    },
    { kind: 'in-maintenance' },
  ],
  [
    'has just started',
    () => new Agent().pass(10),
    { kind: 'not-able', detail: expect.stringMatching(/^it listens before/) },
  ],
  [
    'has not read all',
    () => {
      const agent = standby();
      agent.give({ kind: 'readiness', isReady: false });
      return agent;
    },
    { kind: 'not-able', detail: expect.stringContaining('has not read the configuration') },
  ],
  [
    'has lost the gateway that the other one has',
    () => {
      const agent = standby();
      agent.around.hasGateway = false;
      return agent.pass(3_000);
    },
    { kind: 'not-able', detail: 'no gateway answers it, and does to lb-b: it would be the worse one to serve' },
  ],
])('does not call a node that %s', (_what, agent, refusal) => {
  expect(make(agent())).toEqual({ ok: false, refusal });
});

it('what is refused would not have come about, and what is not does', () => {
  const agent = standby();
  agent.around.says = (heard) => (heard.calls === 'asks' ? { role: 'standby', grants: true, epoch: 4 } : isActive);
  agent.give({ kind: 'make-active', force: false });
  expect(agent.pass(500).isServing).toBe(true);
});

const foresee = ({ state, now }: Agent, isOn: boolean) => foreseeMaintenance(state, isOn, now);

it('says of maintenance whether the addresses move', () => {
  expect(foresee(active(), true)).toMatchObject({
    changes: true,
    moves: true,
    sentence: expect.stringContaining('to lb-b'),
  });
  expect(foresee(standby(), true)).toMatchObject({
    changes: true,
    moves: false,
    sentence: expect.stringContaining('will not take over'),
  });
  expect(foresee(standby(), false)).toMatchObject({ changes: false, moves: false });
});

it('a node that nobody can stand in for goes on, and says so', () => {
  const agent = active();
  agent.around.says = () => ({ role: 'standby', grants: true, canServe: false });
  agent.pass(200);
  expect(foresee(agent, true)).toMatchObject({
    moves: false,
    sentence: expect.stringMatching(/goes on serving.*does not take them back/),
  });
  agent.give({ kind: 'maintenance', isOn: true });
  expect(agent.pass(1_000).isServing).toBe(true);
});

it('one that somebody can stand in for hands over, as was said', () => {
  const agent = active();
  expect(foresee(agent, true).moves).toBe(true);
  agent.give({ kind: 'maintenance', isOn: true });
  expect(agent.pass(1_000).isServing).toBe(false);
  expect(agent.news().at(-1)).toBe('let-go maintenance');
});
