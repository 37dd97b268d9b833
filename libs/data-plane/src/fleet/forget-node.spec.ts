import { NodeName, type NodeReport } from '@evenkeel/contracts';
import { aNodeReport } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { emptyFleet, silentAfterMs, takeReport, withoutNode } from './fleet.ts';
import { judgeForgetting } from './forget-node.ts';

const [a, b, c] = ['lb-a', 'lb-b', 'lb-c'].map((name) => NodeName.parse(name)) as [NodeName, NodeName, NodeName];
const reportOf = (node: NodeName, more: Partial<NodeReport> = {}): NodeReport => aNodeReport({ node, ...more });
const nowMs = 2 * silentAfterMs;
/** lb-b was heard long ago; lb-a is live and shares tables with it, lb-c is live and shares with nobody. */
const fleet = [reportOf(a, { peers: [b] }), reportOf(c, { peers: [] })].reduce(
  (known, report) => takeReport(known, report, nowMs),
  takeReport(emptyFleet, reportOf(b, { peers: [a] }), 0),
);

describe('a node', () => {
  it('that has been silent may be forgotten: those who share tables with it go on without it', () => {
    expect(judgeForgetting(b, fleet, true, nowMs)).toEqual({
      ok: true,
      value: { state: 'silent', droppedBy: [a] },
    });
  });

  it('that was stopped may be forgotten at once', () => {
    const stopped = takeReport(fleet, reportOf(b, { sequence: 2, leaving: true }), nowMs);
    expect(judgeForgetting(b, stopped, true, nowMs)).toMatchObject({ value: { state: 'left' } });
  });

  it('that is live is not gone', () => {
    expect(judgeForgetting(a, fleet, true, nowMs)).toEqual({ ok: false, refusal: { kind: 'node-is-live', node: a } });
    expect(withoutNode(fleet, a, nowMs)).toBe(fleet);
  });

  it('that nobody here has heard may be forgotten while others remember it', () => {
    const gone = NodeName.parse('lb-z');
    expect(judgeForgetting(gone, fleet, true, nowMs)).toMatchObject({ value: { state: 'unheard', droppedBy: [] } });
    expect(judgeForgetting(gone, fleet, false, nowMs)).toEqual({
      ok: false,
      refusal: { kind: 'unknown-node', node: gone, known: [a, b, c] },
    });
  });

  it('that was forgotten is not waited for, named or counted any more', () => {
    expect([...withoutNode(fleet, b, nowMs).keys()]).toEqual([c, a].toSorted());
  });
});
