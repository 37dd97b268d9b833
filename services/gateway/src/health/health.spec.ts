import { CheckerAway } from '@evenkeel/bus';
import {
  AvailabilityReport,
  type CheckRun,
  CheckRunAnswer,
  HealthHistory,
  HealthMatrix,
  type JournalEntry,
  type JudgedState,
  NodeName,
} from '@evenkeel/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { call, edge, occasion, pacs1Id, problemOf, useEdge, webId } from '../../test/edge.ts';

useEdge();

describe('the matrix of health', () => {
  const matrix = async (query: string) => HealthMatrix.parse(await (await call(`/health/matrix${query}`)).json());

  it('has a row for each service, a column for each machine, and a reason in each cell', async () => {
    expect(await matrix('')).toMatchObject({
      revision: 7,
      machines: ['192.168.85.200'],
      items: [
        {
          virtualService: { label: 'INFINITT_Web' },
          cells: [{ label: 'INF_PACS1', state: 'unknown', reason: 'never-checked' }],
        },
      ],
    });
  });

  it.each([
    [`?service=${webId}`, 1],
    [`?service=${pacs1Id}`, 0],
    ['?application=infinitt-pacs', 0],
    ['?machine=192.168.85.200', 1],
    ['?machine=192.168.85.201', 0],
    ['?problems=true', 1],
    [`?cursor=${Buffer.from('after:1').toString('base64url')}`, 0],
  ])('is narrowed by %s', async (query, count) => {
    expect((await matrix(query)).items).toHaveLength(count);
  });
});

describe('a check that is run now', () => {
  const run = {
    checker: 'health-b',
    kind: 'connect',
    target: { address: '192.168.85.200', port: 80 },
    timeout: '2s',
    result: {
      outcome: 'passed',
      reason: 'check-passed',
      detail: '192.168.85.200:80 accepted a connection',
      latencyMs: 1,
      at: occasion.time,
    },
    exchange: { steps: [{ afterMs: 1, by: 'server', what: 'TCP connection accepted' }], leftOut: 0 },
  } as const;
  const post = (body: unknown) => call('/health/checks/run', { method: 'POST', body });
  beforeEach(() => {
    edge.running = () => Promise.resolve({ kind: 'done', run: structuredClone(run) as unknown as CheckRun });
  });

  it('is asked of a live checker, and the answer says what was said and who could have been chosen', async () => {
    const answer = CheckRunAnswer.parse(await (await post({ realServerId: pacs1Id })).json());
    expect(answer).toMatchObject({
      ...run,
      countsForVerdict: false,
      checkers: [
        { name: 'health-a', state: 'silent' },
        { name: 'health-b', state: 'live' },
      ],
    });
    expect(edge.runsAsked).toEqual([{ checker: 'health-b', wish: { realServerId: pacs1Id } }]);
  });

  it('is asked of the checker that is chosen, with a definition that has its defaults', async () => {
    await post({ address: '192.168.85.200', check: { kind: 'http', port: 8042 }, checker: 'health-a' });
    expect(edge.runsAsked).toMatchObject([
      { checker: 'health-a', wish: { check: { kind: 'http', port: 8042, method: 'HEAD', path: '/' } } },
    ]);
  });

  it.each([
    ['nobody', {}],
    ['two', { realServerId: pacs1Id, address: '192.168.85.200' }],
    ['a definition with a secret', { realServerId: pacs1Id, check: { kind: 'http', headers: { cookie: 'a=b' } } }],
    ['a checker whose name is a subject of the bus', { realServerId: pacs1Id, checker: '>' }],
  ])('is not asked of %s', async (_who, body) => {
    expect(await problemOf(await post(body))).toMatchObject({ status: 400, code: 'invalid-input' });
    expect(edge.runsAsked).toEqual([]);
  });

  it.each([
    [404, 'unknown-real-server', { kind: 'refused', refusal: { kind: 'unknown-real-server' } }],
    [404, 'unknown-machine', { kind: 'refused', refusal: { kind: 'unknown-machine' } }],
    [422, 'check-needed', { kind: 'refused', refusal: { kind: 'check-needed' } }],
    [422, 'port-needed', { kind: 'refused', refusal: { kind: 'port-needed' } }],
    [422, 'nothing-to-ask', { kind: 'refused', refusal: { kind: 'nothing-to-ask', detail: 'no check' } }],
    [
      422,
      'unknown-secret',
      { kind: 'refused', refusal: { kind: 'unknown-secret', field: 'basicAuth', secret: 'monitor' } },
    ],
    [403, 'not-allowed', { kind: 'refused', refusal: { kind: 'not-allowed', detail: 'ours' } }],
    [429, 'checker-busy', { kind: 'busy', retryAfterSeconds: 7 }],
    [503, 'starting', { kind: 'starting' }],
  ] as const)('ends with %s %s', async (status, code, refused) => {
    edge.running = () => Promise.resolve(refused);
    const response = await post({ realServerId: pacs1Id });
    expect(response.headers.get('retry-after')).toBe(code === 'checker-busy' ? '7' : status === 503 ? '1' : null);
    expect(await problemOf(response)).toMatchObject({ status, code });
  });

  it('says that the chosen checker is away', async () => {
    edge.running = () => Promise.reject(new CheckerAway('health-a', undefined));
    const problem = await problemOf(await post({ realServerId: pacs1Id, checker: 'health-a' }));
    expect(problem).toMatchObject({ status: 503, code: 'checker-away' });
  });
});

describe('the report of availability', () => {
  const [startMs, hourMs] = [Date.now() - 86_400_000, 3_600_000];
  const time = (hours: number): string => new Date(startMs + hours * hourMs).toISOString();
  const went = (hours: number, from: JudgedState, to: JudgedState): JournalEntry => ({
    kind: 'verdict-changed',
    id: `health-1:spec:${hours}`,
    sequence: hours + 10,
    time: time(hours),
    node: NodeName.parse('health-1'),
    sentence: `it is ${to}`,
    entities: [],
    checker: 'health-1',
    virtualService: { id: webId, label: 'INFINITT_Web' },
    realServer: { id: pacs1Id, label: 'INF_PACS1' },
    machine: '192.168.85.200',
    from,
    to,
    detail: 'spec',
    evidence: [],
  });
  const report = async (query: string) =>
    AvailabilityReport.parse(await (await call(`/health/availability?${query}`)).json());
  const hours = `from=${time(0)}&to=${time(10)}`;
  const shares = { upMs: 6 * hourMs, downMs: 2 * hourMs, unknownMs: 2 * hourMs, availability: 0.75, outages: 1 };
  beforeEach(() => {
    edge.reading = [went(2, 'none', 'up'), went(6, 'up', 'down'), went(8, 'down', 'up'), went(11, 'up', 'down')];
  });

  it('says for a service and its real servers how long they were up, down and unknown', async () => {
    const { from, to, items } = await report(hours);
    expect([from, to]).toEqual([time(0), time(10)]);
    expect(items).toMatchObject([
      { virtualService: { label: 'INFINITT_Web' }, ...shares, realServers: [{ label: 'INF_PACS1', ...shares }] },
    ]);
  });

  it('says the same of machines', async () => {
    expect((await report(`${hours}&by=machine`)).items).toMatchObject([{ machine: '192.168.85.200', ...shares }]);
    expect((await report(`${hours}&by=machine&machine=192.168.85.201`)).items).toEqual([]);
    expect((await report(`${hours}&service=${pacs1Id}`)).items).toEqual([]);
  });

  it('knows nothing of the time before the journal', async () => {
    edge.writtenSince = time(4);
    expect((await report(hours)).items).toMatchObject([
      { upMs: 4 * hourMs, downMs: 2 * hourMs, unknownMs: 4 * hourMs },
    ]);
  });

  it('is of the last day when nobody says otherwise, and nothing is up that nobody speaks of now', async () => {
    edge.reading = [];
    const { from, to, items } = await report('');
    expect(Date.parse(to) - Date.parse(from)).toBe(24 * hourMs);
    expect(items).toMatchObject([{ upMs: 0, downMs: 0, availability: null }]);
  });

  it.each([`from=${time(5)}&to=${time(5)}`, 'from=2020-01-01T00:00:00.000Z', 'from=2999-01-01T00:00:00.000Z'])(
    'refuses the period %s',
    async (query) => {
      const problem = await problemOf(await call(`/health/availability?${query}`));
      expect(problem).toMatchObject({ status: 422, code: 'bad-period' });
    },
  );
});

describe('the history of a real server', () => {
  const change = (sequence: number, hour: string): JournalEntry => ({
    kind: 'verdict-changed',
    id: `health-1:spec:${sequence}`,
    sequence,
    time: `2026-11-22T${hour}:00:00.000Z`,
    node: NodeName.parse('health-1'),
    sentence: 'INF_PACS1 was up and is down',
    entities: [],
    checker: 'health-1',
    virtualService: { id: webId, label: 'INFINITT_Web' },
    realServer: { id: pacs1Id, label: 'INF_PACS1' },
    machine: '192.168.85.200',
    from: 'up',
    to: 'down',
    reason: 'connect-refused',
    detail: 'refused',
    evidence: [],
  });
  const history = async (query = '') =>
    HealthHistory.parse(await (await call(`/health/real-servers/${pacs1Id}${query}`)).json());
  const placesIn = ({ changes }: HealthHistory) => changes.map(({ sequence }) => sequence);

  it('says how it is now, and how it came to that, the newest change first', async () => {
    edge.reading = [change(4, '03'), change(9, '04')];
    const told = await history();
    expect(told).toMatchObject({ virtualService: { label: 'INFINITT_Web' }, now: { state: 'unknown' }, results: [] });
    expect(placesIn(told)).toEqual([9, 4]);
    expect(edge.subjectsRead).toEqual([`evenkeel.journal.radiology.*.verdict-changed.*.${pacs1Id}`]);
  });

  it('is given in pages, and between two times', async () => {
    edge.reading = [change(4, '03'), change(9, '04'), change(12, '05')];
    const first = await history('?limit=2');
    expect(placesIn(first)).toEqual([12, 9]);
    expect(placesIn(await history(`?limit=2&cursor=${first.next}`))).toEqual([4]);
    expect(placesIn(await history('?from=2026-11-22T03:30:00.000Z&to=2026-11-22T04:30:00.000Z'))).toEqual([9]);
  });

  it("is nobody's that is not in the book", async () => {
    const response = await call(`/health/real-servers/${webId}`);
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'unknown-real-server' });
  });
});
