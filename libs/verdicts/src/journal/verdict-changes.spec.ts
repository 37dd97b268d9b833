import { type Cluster, emptyCluster, fromSnapshot } from '@evenkeel/cluster';
import { type JournalNews, JournalRecord, NodeName, type ProbeResult, type Verdict } from '@evenkeel/contracts';
import { aRealServer, aSnapshot, aVerdict, aVirtualService, realServerId, virtualServiceId } from '@evenkeel/testing';
import { beforeEach, expect, it } from '@jest/globals';
import { decidingResults, VerdictChanges } from './verdict-changes.ts';

const id = realServerId(2);
const book = fromSnapshot(
  aSnapshot(
    [aVirtualService({ number: 1, spec: { label: 'DICOM' } })],
    [aRealServer({ number: 2, spec: { label: 'PACS1', address: '192.168.85.200' } })],
  ),
);

let books: Cluster[];
let noted: JournalNews[];
let changes: VerdictChanges;
beforeEach(() => {
  books = [book];
  noted = [];
  changes = new VerdictChanges(
    'health-1',
    () => books,
    (news) => noted.push(news),
  );
});

const result = (outcome: ProbeResult['outcome'], at = '2026-03-01T08:00:00.000Z'): ProbeResult => ({
  outcome,
  reason: outcome === 'passed' ? 'check-passed' : 'connect-refused',
  detail: `it ${outcome}`,
  latencyMs: 1,
  at,
});
const down = (fields: Partial<Verdict> = {}): Verdict =>
  aVerdict({ state: 'down', reason: 'connect-refused', detail: 'refused', ...fields });
const neverChecked = aVerdict({ state: 'unknown', reason: 'never-checked', detail: 'not checked yet' });
const storyOf = (all: readonly JournalNews[]) =>
  all.map((news) => (news.kind === 'verdict-changed' ? `${news.from} ${news.to}` : news.kind));

it('notes a state that has become another one, with who, why, and the results that made it so', () => {
  changes.see(aVerdict({ since: '2026-03-01T07:00:00.000Z' }));
  const evidence = [result('failed'), result('passed'), result('failed'), result('failed')];
  changes.see(down({ evidence }));
  const [, news] = noted;
  expect(news).toMatchObject({
    kind: 'verdict-changed',
    sentence: 'PACS1 (192.168.85.200) of DICOM was up and is down: refused',
    entities: [virtualServiceId(1), id],
    checker: 'health-1',
    virtualService: { id: virtualServiceId(1), label: 'DICOM' },
    realServer: { id, label: 'PACS1' },
    machine: '192.168.85.200',
    from: 'up',
    fromSince: '2026-03-01T07:00:00.000Z',
    to: 'down',
    reason: 'connect-refused',
    detail: 'refused',
    evidence: [result('failed'), result('failed')],
  });
  const said = { id: 'x', time: '2026-03-01T08:00:00.000Z', node: NodeName.parse('health-1') };
  expect(() => JournalRecord.parse({ ...news, ...said })).not.toThrow();
});

it('notes a state once, whatever its reason becomes', () => {
  changes.see(down());
  changes.see(down({ reason: 'connect-timeout' }));
  expect(storyOf(noted)).toEqual(['none down']);
});

it('says nothing of what nobody has asked yet, so that a checker that starts again tells of changes alone', () => {
  changes.see(neverChecked);
  changes.see(aVerdict());
  changes.see(neverChecked);
  changes.see(aVerdict());
  expect(storyOf(noted)).toEqual(['none up']);
});

it('goes on from what another checker has said', () => {
  changes.know(aVerdict({ since: '2026-02-01T00:00:00.000Z' }));
  changes.see(aVerdict());
  changes.see(down());
  expect(noted).toMatchObject([{ from: 'up', fromSince: '2026-02-01T00:00:00.000Z', to: 'down' }]);
});

it('notes that a real server has left the book, by the names that the book before knew', () => {
  changes.see(aVerdict());
  books = [emptyCluster, book];
  changes.gone(id);
  changes.gone(id);
  expect(storyOf(noted)).toEqual(['none up', 'up none']);
  expect(noted[1]).not.toHaveProperty('reason');
});

it('leaves it to the checker that spoke of a real server to tell that it has left the book', () => {
  changes.know(aVerdict({ checker: 'health-2' }));
  changes.gone(id);
  expect(noted).toEqual([]);
  changes.know(aVerdict({ checker: 'health-1' }));
  changes.gone(id);
  expect(storyOf(noted)).toEqual(['up none']);
});

it('keeps the newest five of many results that decided, and none that say something else', () => {
  const many = Array.from({ length: 9 }, (_, index) => result('failed', `2026-03-01T08:00:0${index}.000Z`));
  expect(decidingResults(down({ evidence: [result('passed'), ...many] }))).toEqual(many.slice(4));
  expect(decidingResults(aVerdict({ evidence: many }))).toEqual([]);
});
