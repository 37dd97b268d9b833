import { type JournalEntry, JournalPage, NodeName, type Revision } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import { call, edge, pacs1Id, problemOf, useEdge, webId } from '../../test/edge.ts';

useEdge();

describe('the journal', () => {
  const entry: JournalEntry = {
    kind: 'rejected',
    id: 'lb-a:spec:1',
    sequence: 41,
    time: '2026-11-22T03:00:00.000Z',
    node: NodeName.parse('lb-a'),
    sentence: 'HAProxy refused revision 7',
    entities: [pacs1Id],
    engine: 'haproxy',
    revision: 7 as Revision,
    words: 'cannot bind',
  };

  it('is given in pages, and the cursor of one leads to the next', async () => {
    edge.finding = () => Promise.resolve({ entries: [entry], next: 41 });
    const page = JournalPage.parse(await (await call('/journal?limit=1')).json());
    expect(page.items).toEqual([entry]);
    await call(`/journal?cursor=${page.next}`);
    expect(edge.journalAsked).toMatchObject([
      { limit: 1, before: undefined },
      { limit: 50, before: 41 },
    ]);
  });

  it.each([
    ['kind=rejected', true],
    ['kind=drift-repaired', false],
    ['node=lb-a', true],
    ['node=lb-b', false],
    [`entity=${pacs1Id}`, true],
    [`entity=${webId}`, false],
    ['from=2026-11-22T03:00:00.000Z&to=2026-11-22T04:00:00.000Z', true],
    ['from=2026-11-22T03:00:00.001Z', false],
    ['to=2026-11-22T02:59:59.999Z', false],
    ['machine=192.168.85.200', false],
  ])('is searched with %s', async (query, isFound) => {
    expect((await call(`/journal?${query}`)).status).toBe(200);
    expect(edge.journalAsked.map(({ fits }) => fits(entry))).toEqual([isFound]);
  });

  it('is searched for what befell a machine', async () => {
    const changed = { ...entry, kind: 'verdict-changed', machine: '192.168.85.200' } as unknown as JournalEntry;
    await call('/journal?machine=192.168.85.200');
    await call('/journal?machine=192.168.85.201');
    expect(edge.journalAsked.map(({ fits }) => fits(changed))).toEqual([true, false]);
  });

  it('names a filter that it does not know', async () => {
    expect(await problemOf(await call('/journal?kind=gossip'))).toMatchObject({ status: 400 });
    expect(await problemOf(await call('/journal?mood=bad'))).toMatchObject({ status: 400 });
  });

  it('is out of reach when the bus is', async () => {
    edge.finding = () => Promise.reject(new Error('no responders'));
    expect(await problemOf(await call('/journal'))).toMatchObject({ status: 503, code: 'journal-unavailable' });
  });
});
