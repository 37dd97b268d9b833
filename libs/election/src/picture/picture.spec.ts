import { type HaGroup, HaPicture, type HaStatus, NodeName } from '@evenkeel/contracts';
import { anActiveHaStatus, anHaStatus } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import { pictureOf } from './picture.ts';

const [lbA, lbB, lbC] = ['lb-a', 'lb-b', 'lb-c'].map((name) => NodeName.parse(name)) as [NodeName, NodeName, NodeName];
const heard = (status: HaStatus, ageMs = 200) => ({ status, ageMs });

/** The only group of the picture, which is as the API says that it is. */
const pictured = (...statuses: ReturnType<typeof heard>[]): HaGroup => {
  const { groups } = HaPicture.parse(pictureOf(statuses));
  if (groups.length !== 1 || groups[0] === undefined) throw new Error(`${groups.length} groups`);
  return groups[0];
};
const active = anActiveHaStatus();
const standby = anHaStatus();
const without = (status: HaStatus, answers: boolean, asked = ['192.168.85.1']): HaStatus => ({
  ...status,
  evidence: { ...status.evidence, gateway: { asked, answers } },
});
const deaf = (status: HaStatus): HaStatus => ({
  ...status,
  evidence: { ...status.evidence, peers: status.evidence.peers.map((peer) => ({ ...peer, isLive: false })) },
});

it('is calm when one serves and the other one could', () => {
  expect(pictured(heard(standby), heard(active))).toMatchObject({
    group: 'addresses',
    addresses: ['192.168.85.150'],
    state: 'served',
    holder: { node: lbA, epoch: 7, toldBy: lbA },
    nodes: [
      { node: lbA, state: 'live', ageMs: 200 },
      { node: lbB, state: 'live' },
    ],
    unheard: [],
    findings: [],
    drill: { outcome: 'moves', ifDies: lbA, to: lbB, withinMs: 600 },
  });
  expect(pictured(heard(standby), heard(active))).not.toHaveProperty('alarm');
});

it('has nothing to say of nobody', () => {
  expect(pictureOf([])).toEqual({ groups: [] });
});

it('keeps groups apart', () => {
  const { groups } = pictureOf([heard(active), heard(anHaStatus({ group: 'second' }))]);
  expect(groups.map(({ group, state }) => `${group} ${state}`)).toEqual(['addresses served', 'second served']);
});

it('is loud when two serve, and goes by the later one', () => {
  const late = anHaStatus({ role: 'active', epoch: 8 });
  expect(pictured(heard(active), heard(late))).toMatchObject({
    state: 'two-active',
    alarm: expect.stringContaining('lb-a (epoch 7) and lb-b (epoch 8)'),
    holder: { node: lbB, epoch: 8 },
  });
});

it('is loud when nobody serves, and says why each does not', () => {
  const reason = 'no gateway answers here: this node may be cut off';
  const { state, alarm, drill } = pictured(heard(deaf(anHaStatus({ reason }))));
  expect({ state, alarm }).toEqual({
    state: 'nobody',
    alarm: `Nobody answers for the addresses. lb-b: ${reason}.`,
  });
  expect(drill.outcome).toBe('unknown');
});

it('believes the other node when the one that serves has lost only the bus', () => {
  expect(pictured(heard(active, 60_000), heard(standby))).toMatchObject({
    state: 'served',
    holder: { node: lbA, epoch: 7, toldBy: lbB },
    drill: { outcome: 'moves', to: lbB },
  });
});

it('does not know when the one that served is heard by nobody any more', () => {
  expect(pictured(heard(active, 60_000), heard(deaf(standby)))).toMatchObject({
    state: 'unknown',
    alarm: expect.stringContaining('lb-a served when it was last heard, 60000 ms ago'),
  });
});

it('one that has said that it stops serves no more', () => {
  const left = anActiveHaStatus({ role: 'standby', leaving: true });
  expect(pictured(heard(left, 60_000), heard(deaf(standby)))).toMatchObject({
    state: 'nobody',
    nodes: [{ state: 'left' }, {}],
  });
});

it.each([
  [
    'is in maintenance',
    { ...standby, canServe: false, maintenance: { since: standby.time, by: 'anna' } },
    'lb-b is in maintenance',
  ],
  ['cannot serve', { ...standby, canServe: false, reason: 'listens' }, 'lb-b cannot serve (listens)'],
  ['has no answer of the gateway', without(standby, false), 'lb-b has no answer of the gateway (192.168.85.1)'],
  ['has no gateway to ask', without(standby, false, []), 'lb-b has no gateway configured'],
  ['was stopped', { ...standby, leaving: true }, 'lb-b was stopped'],
])('the drill says that nobody would serve when the other one %s', (_what, other, words) => {
  const { drill } = pictured(heard(active), heard(other));
  expect(drill).toMatchObject({ outcome: 'nobody', ifDies: lbA, sentence: expect.stringContaining(words) });
  expect(drill.basedOn).toHaveLength(2);
});

it('the drill says that nobody would serve when the other one is silent, was never heard, or is not configured', () => {
  expect(pictured(heard(active), heard(standby, 9_000)).drill.sentence).toContain('lb-b is not heard');
  const { unheard, drill } = pictured(heard(active));
  expect(unheard).toEqual([lbB]);
  expect(drill.sentence).toContain('no other node has been heard');
  const alone = { ...active, evidence: { ...active.evidence, peers: [] } };
  expect(pictured(heard(alone)).drill.sentence).toContain('lb-a is alone');
});

it('the drill says what it is based on', () => {
  expect(pictured(heard(active), heard(standby, 1_500)).drill.basedOn).toEqual([
    'lb-a, live, report 200 ms old: active, can serve, the gateway answers it, hears lb-b',
    'lb-b, live, report 1500 ms old: standby, can serve, the gateway answers it, hears lb-a',
  ]);
});

const third = { node: lbC, rank: 3, isLive: true };
const ofThree = (status: HaStatus): HaStatus => ({
  ...status,
  evidence: { ...status.evidence, peers: [...status.evidence.peers, third] },
});

it('of three, the most preferred of those that are left serves, if they are a majority', () => {
  const c = ofThree(anHaStatus({ node: lbC, rank: 3 }));
  expect(pictured(heard(ofThree(active)), heard(ofThree(standby)), heard(c)).drill).toMatchObject({
    outcome: 'moves',
    to: lbB,
  });
  expect(pictured(heard(ofThree(active)), heard(without(ofThree(standby), false)), heard(c)).drill).toMatchObject({
    to: lbC,
  });
  expect(pictured(heard(ofThree(active)), heard(ofThree(standby)), heard(c, 9_000)).drill).toMatchObject({
    outcome: 'nobody',
    sentence: expect.stringContaining(
      '1 of 3 nodes would be left, and a majority is needed; lb-b could; lb-c is not heard',
    ),
  });
});

it('finds heartbeats that do not arrive, and nodes that are configured otherwise', () => {
  const other = { ...standby, addresses: ['192.168.85.151'], evidence: { ...standby.evidence, peers: [] } };
  expect(pictured(heard(deaf(active)), heard(other)).findings).toEqual([
    'the nodes have different addresses: lb-a 192.168.85.150; lb-b 192.168.85.151',
    'lb-a does not hear the heartbeats of lb-b, and this gateway hears both',
    'lb-b has not configured lb-a, which is of the same group',
  ]);
});

it('finds a node that serves in maintenance: it is served, and not for long if anything happens', () => {
  const out = { ...active, canServe: false, maintenance: { since: active.time, by: 'anna' } };
  expect(pictured(heard(out))).toMatchObject({
    state: 'served',
    findings: ['lb-a serves in maintenance, and would not take the addresses back if it let go of them'],
  });
  expect(pictured(heard(active), heard({ ...standby, maintenance: out.maintenance })).findings).toEqual([]);
});
