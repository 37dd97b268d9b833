import { type HaAnswer, HaDone, HaPicture, NodeName } from '@evenkeel/contracts';
import { anActiveHaStatus, anHaStatus } from '@evenkeel/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { call, edge, occasion, problemOf, useEdge } from '../../test/edge.ts';

useEdge();

describe('who answers for the addresses', () => {
  const groups = async () => HaPicture.parse(await (await call('/ha')).json()).groups;

  it('is told, with why, how old that is, and what would happen if that node died now', async () => {
    expect(await groups()).toEqual([]);
    edge.sayHa(anActiveHaStatus({ sequence: 1 }));
    edge.sayHa(anHaStatus({ sequence: 1 }));
    const [group] = await groups();
    expect(group).toMatchObject({
      state: 'served',
      holder: { node: 'lb-a', epoch: 7 },
      nodes: [{ node: 'lb-a', state: 'live', reason: expect.stringContaining('consented') }, { node: 'lb-b' }],
      drill: { outcome: 'moves', to: 'lb-b' },
    });
    expect(group?.nodes[0]?.ageMs).toBeLessThan(3_000);
    expect(group).not.toHaveProperty('alarm');
  });

  it('is an alarm when two do', async () => {
    edge.sayHa(anActiveHaStatus({ sequence: 2 }));
    edge.sayHa(anHaStatus({ sequence: 2, role: 'active', epoch: 8 }));
    expect(await groups()).toMatchObject([{ state: 'two-active', alarm: expect.stringContaining('lb-b (epoch 8)') }]);
  });
});

describe('a wish of the election', () => {
  const done: HaAnswer = {
    kind: 'done',
    changed: true,
    moves: true,
    sentence: 'lb-b serves the addresses, 34 ms after it was asked for',
    handover: { from: NodeName.parse('lb-a'), tookMs: 34, silentMsMost: 60 },
  };
  const post = (path: string, body: unknown) => call(`/ha/${path}`, { method: 'POST', body });
  let sequence = 100;
  beforeEach(() => {
    edge.wishes = [];
    edge.granting = () => Promise.resolve(done);
    sequence += 1;
    edge.sayHa(anActiveHaStatus({ sequence }));
    edge.sayHa(anHaStatus({ sequence }));
  });

  it('is asked of the node with who, when and why, and answered with what was measured', async () => {
    const response = await post('make-active', { node: 'lb-b', reason: 'new power supply in lb-a', ticket: 'CHG-7' });
    expect(response.status).toBe(200);
    expect(HaDone.parse(await response.json())).toEqual({
      node: 'lb-b',
      group: 'addresses',
      dryRun: false,
      changed: true,
      sentence: 'lb-b serves the addresses, 34 ms after it was asked for',
      breaksConnections: true,
      handover: { from: 'lb-a', tookMs: 34, silentMsMost: 60 },
    });
    expect(edge.wishes).toMatchObject([
      {
        node: 'lb-b',
        question: {
          group: 'addresses',
          wish: { kind: 'make-active' },
          dryRun: false,
          actor: { name: 'administrator' },
          reason: 'new power supply in lb-a',
          ticket: 'CHG-7',
        },
      },
    ]);
  });

  it('of maintenance says whether it is to begin or to end, and a dry run that it is one', async () => {
    const body = HaDone.parse(await (await post('maintenance?dryRun=true', { node: 'lb-b', on: false })).json());
    expect(body.dryRun).toBe(true);
    expect(edge.wishes).toMatchObject([{ question: { wish: { kind: 'maintenance', isOn: false }, dryRun: true } }]);
  });

  it.each([
    [409, 'already-active', 'epoch 9', { kind: 'already-active', epoch: 9 }],
    [
      409,
      'in-maintenance',
      'by anna (new memory). End that first: POST /ha/maintenance with "on": false',
      { kind: 'in-maintenance', maintenance: { since: occasion.time, by: 'anna', reason: 'new memory' } },
    ],
    [409, 'not-able', 'listens before it stands', { kind: 'not-able', detail: 'it listens before it stands' }],
  ] as const)('is refused with %s %s, and says what would be right', async (status, code, words, refusal) => {
    edge.granting = () => Promise.resolve({ kind: 'refused', refusal });
    const problem = await problemOf(await post('make-active', { node: 'lb-b' }));
    expect(problem).toMatchObject({ status, code, detail: expect.stringContaining(words) });
  });

  it('that did not come about says why', async () => {
    edge.granting = () =>
      Promise.resolve({ kind: 'not-in-time', waitedMs: 2_100, why: 'lb-a serves the addresses (epoch 7)' });
    expect(await problemOf(await post('make-active', { node: 'lb-b' }))).toMatchObject({
      status: 409,
      code: 'not-taken-over',
      detail: 'lb-b was called, and does not serve after 2100 ms: lb-a serves the addresses (epoch 7).',
    });
  });

  it('names a node that nobody knows, and one that does not answer, with what may have become of it', async () => {
    edge.granting = () => Promise.resolve('nobody-there');
    expect(await problemOf(await post('make-active', { node: 'lb-c' }))).toMatchObject({
      status: 404,
      code: 'unknown-node',
      errors: [{ pointer: '#/node', expected: 'Its nodes: lb-a, lb-b.' }],
    });
    const absent = await problemOf(await post('make-active', { node: 'lb-b' }));
    expect(absent).toMatchObject({ status: 503, code: 'node-not-heard' });
    expect(absent.detail).toContain('Nothing was changed.');
    edge.granting = () => Promise.resolve('unanswered');
    expect((await problemOf(await post('make-active', { node: 'lb-b' }))).detail).toContain('It may have been done');
  });

  it('needs a group where there are several', async () => {
    edge.sayHa(anHaStatus({ sequence, group: 'second' }));
    expect(await problemOf(await post('make-active', { node: 'lb-b' }))).toMatchObject({
      status: 422,
      code: 'group-needed',
    });
    expect(edge.wishes).toEqual([]);
    expect((await post('make-active', { node: 'lb-b', group: 'second' })).status).toBe(200);
    expect(edge.wishes).toMatchObject([{ question: { group: 'second' } }]);
  });
});
