import { HaStatus, JournalRecord, NodeName } from '@evenkeel/contracts';
import type { Account, News } from '@evenkeel/election';
import { expect, it } from '@jest/globals';
import { journalNewsOf, letGoFor } from './journal-news.ts';
import { SelfReport } from './self-report.ts';

const node = NodeName.parse('lb-a');
const peer = { node: NodeName.parse('lb-b'), rank: 2, isLive: true, says: 'standby' as const };
const standby: Account = {
  role: 'standby',
  epoch: 6,
  canServe: true,
  deadMs: 500,
  evidence: { peers: [peer], gateway: { asked: ['192.0.2.1'], answers: true }, silentMs: 40 },
  whyStandby: 'lb-b serves the addresses (epoch 6)',
};
const active: Account = { ...standby, role: 'active', epoch: 7, whyStandby: undefined };
const took: News = { kind: 'took-over', epoch: 7, why: 'silence', silentMs: 512.3 };
const ignored = { forged: 3 };

let nowMs = Date.parse('2026-11-27T03:00:00.000Z');
const aReport = (): SelfReport => {
  const settings = { node, group: 'addresses', rank: 1, addresses: ['192.0.2.150'], profile: 'safe' as const };
  return new SelfReport({ settings, boot: 4, maintenance: () => undefined, nowMs: () => nowMs });
};

it('tells its status every second, and at once when something has changed that is more than an age', () => {
  const report = aReport();
  expect(report.isDue(standby, 0)).toBe(true);
  report.status(standby, ignored, 0);
  const older = { ...standby, evidence: { ...standby.evidence, silentMs: 90 } };
  expect(report.isDue(older, 999)).toBe(false);
  expect(report.isDue(older, 1_000)).toBe(true);
  expect(report.isDue({ ...standby, canServe: false }, 50)).toBe(true);
  const lost = { ...standby, evidence: { ...standby.evidence, peers: [{ ...peer, isLive: false }] } };
  expect(report.isDue(lost, 50)).toBe(true);
});

it('says since when it has its role, why, and in which order its statuses came', () => {
  const report = aReport();
  const first = report.status(standby, ignored, 0);
  expect(HaStatus.parse({ ...first, scheduling: 'realtime' })).toMatchObject({
    sequence: 1,
    boot: 4,
    role: 'standby',
    reason: 'lb-b serves the addresses (epoch 6)',
    ignored,
  });
  nowMs += 5_000;
  report.note(took);
  const second = report.status(active, ignored, 5_000);
  expect(second).toMatchObject({ sequence: 2, role: 'active', epoch: 7, since: '2026-11-27T03:00:05.000Z' });
  expect(second.reason).toContain('the other node was silent, and the gateway answered here, after 512 ms of silence');
  nowMs += 5_000;
  expect(report.status(active, ignored, 10_000)).toMatchObject({ sequence: 3, since: second.since });
});

const status = () => aReport().status(active, ignored, 0);
const written = (news: ReturnType<typeof letGoFor>): JournalRecord =>
  JournalRecord.parse({ ...news, id: 'lb-a:1', node, time: '2026-11-27T03:00:00.000Z' });

it.each([
  [took, { from: 'standby', to: 'active', epoch: 7, cause: 'silence' }],
  [
    { kind: 'let-go', epoch: 7, why: 'called', to: peer.node } satisfies News,
    { from: 'active', to: 'standby', epoch: 7, cause: 'called', goesTo: 'lb-b' },
  ],
])('writes a change of role into the journal, with what it went by', (news, record) => {
  const made = journalNewsOf(news, status());
  if (made === undefined) throw new Error('nothing is written');
  expect(written(made)).toMatchObject({
    kind: 'role-changed',
    ...record,
    group: 'addresses',
    addresses: ['192.0.2.150'],
    evidence: standby.evidence,
    sentence: expect.stringMatching(/^lb-a: this node/),
  });
});

it('writes down who else answers, and not each attempt that came to nothing', () => {
  const inUse = journalNewsOf({ kind: 'address-in-use', by: '02:00:00:00:00:09' }, status());
  expect(inUse).toMatchObject({ kind: 'address-in-use', by: '02:00:00:00:00:09', addresses: ['192.0.2.150'] });
  expect(journalNewsOf({ kind: 'stood-down', why: 'no-right' }, status())).toBeUndefined();
});

it('writes down what a supervisor did for an agent that had ended', () => {
  expect(written(letGoFor(status(), 'agent-ended', 'it ended'))).toMatchObject({
    from: 'active',
    to: 'standby',
    epoch: 7,
    cause: 'agent-ended',
  });
});
