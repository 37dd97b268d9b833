import { NodeRemoval } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import { call, edge, problemOf, useEdge } from '../../test/edge.ts';

useEdge();

describe('forgetting a node', () => {
  it('answers with what it was and who goes on without it, and puts on record who wanted it', async () => {
    const response = await call('/nodes/lb-b?reason=replaced&ticket=CHG-7', { method: 'DELETE' });
    const removal = NodeRemoval.parse(await response.json());
    expect(removal).toMatchObject({ node: 'lb-b', dryRun: false, state: 'unheard', droppedBy: [] });
    expect(edge.recorded).toMatchObject([
      {
        kind: 'node-forgotten',
        id: removal.journal,
        node: 'lb-b',
        sentence: 'administrator has said that lb-b is gone for good: replaced',
        actor: { name: 'administrator', kind: 'token', address: '127.0.0.1' },
        ticket: 'CHG-7',
      },
    ]);
    expect(edge.members).toEqual(new Set());
  });

  it('does nothing in a dry run', async () => {
    expect((await call('/nodes/lb-b?dryRun=true', { method: 'DELETE' })).status).toBe(200);
    expect([edge.recorded, edge.members]).toEqual([[], new Set(['lb-b'])]);
  });

  it('names a node that nobody knows, and a field that it does not know', async () => {
    const gone = await problemOf(await call('/nodes/lb-z', { method: 'DELETE' }));
    expect(gone).toMatchObject({ status: 404, code: 'unknown-node', detail: expect.stringContaining('lb-z') });
    const odd = await problemOf(await call('/nodes/lb-b?force=true', { method: 'DELETE' }));
    expect(odd).toMatchObject({ status: 400, errors: [{ pointer: expect.stringContaining('force') }] });
    expect(edge.members).toEqual(new Set(['lb-b']));
  });
});
