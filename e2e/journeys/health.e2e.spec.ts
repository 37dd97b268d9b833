import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type {
  AvailabilityReport,
  Checkers,
  CheckRunAnswer,
  HealthHistory,
  HealthMatrix,
  JournalPage,
  NodeResource,
  Overview,
} from '@evenkeel/contracts';
import { describeNeeding, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askHaproxy } from '../support/ask-haproxy.ts';
import { Hospital, hospitalNeeds, machines } from './hospital.ts';

describeNeeding(
  describe,
  ...hospitalNeeds,
  'nft',
)('who asks how the PACS have been', () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  const withinMs = 60_000;
  const get = async <Body>(path: string): Promise<Body> => (await hospital.api.get<Body>(path)).body;

  it('sees in the matrix who is down and why, finds it in the journal later, and in the report how long it was', async () => {
    const { address, host } = machines[1];
    const startedAt = new Date().toISOString();
    await hospital.lab.host(host).linkDown();
    const problems = () => get<HealthMatrix>(`/health/matrix?problems=true&machine=${address}`);
    await until('all on it is down', async () => (await problems()).items.length === 5, { withinMs: 60_000 });
    const cells = (await problems()).items.flatMap((row) => row.cells);
    for (const cell of cells) {
      expect(cell).toMatchObject({ machine: address, state: 'down' });
      expect(cell.reason).not.toBe('check-passed');
      expect(cell.detail).toContain(address);
    }
    await rest(1_000);
    await hospital.lab.host(host).linkUp();
    await hospital.allAre('up');

    const changes = await get<JournalPage>(`/journal?kind=verdict-changed&machine=${address}&from=${startedAt}`);
    const wentDown = changes.items.filter((entry) => entry.kind === 'verdict-changed' && entry.to === 'down');
    expect(wentDown).toHaveLength(5);
    const historyOf = () => get<HealthHistory>(`/health/real-servers/${cells[0]?.realServerId}`);
    // A record comes a moment after the verdict.
    await until('it is in the journal', async () => (await historyOf()).changes[0]?.to === 'up', { withinMs: 30_000 });
    const history = await historyOf();
    expect(history.now.state).toBe('up');
    expect(history.changes.map(({ to }) => to)).toEqual(['up', 'down', 'up']);
    expect(history.changes[1]?.evidence.every(({ outcome }) => outcome === 'failed')).toBe(true);

    const report = await get<AvailabilityReport>(`/health/availability?by=machine&from=${startedAt}`);
    const shares = report.items.find(({ machine }) => machine === address);
    expect(shares?.downMs).toBeGreaterThanOrEqual(1_000);
    expect(shares?.outages).toBeGreaterThanOrEqual(1);
    const { upMs = 0, downMs = 0, unknownMs = 0 } = shares ?? {};
    expect(upMs + downMs + unknownMs).toBe(Date.parse(report.to) - Date.parse(report.from));
    const services = await get<AvailabilityReport>(`/health/availability?from=${startedAt}`);
    // Two others served meanwhile.
    for (const service of services.items) expect([service.downMs, service.outages]).toEqual([0, 0]);
  }, 180_000);

  it('sees a machine come back step by step in both layers, where its services ask for that, without a reload', async () => {
    const { address, host } = machines[2];
    const services = ['DICOM', 'INFINITT_Check'];
    const pid = async () => (await get<NodeResource>('/nodes/lb-a')).haproxy?.pid;
    const before = await pid();
    for (const label of services) {
      const { id, revision } = await hospital.service(label);
      const headers = { 'If-Match': `"${revision}"` };
      await hospital.write('PATCH', `/virtual-services/${id}`, { slowStart: '20s' }, headers);
    }
    const rows = async () =>
      (await get<Overview>('/overview')).services
        .filter(({ label }) => services.includes(label))
        .flatMap(({ realServers }) => realServers.filter((row) => row.address === address));
    /** Its weight in each service; one of them asks for a slow start. */
    const weightsInHaproxy = async () => {
      const states = await askHaproxy(join(hospital.data.path, 'node', 'proxy', 'haproxy'), 'show servers state');
      const lines = states.split('\n').filter((line) => line.includes(` ${address} `));
      return new Set(lines.map((line) => Number(line.split(' ')[7])));
    };
    /** All three alike: a draw of three. */
    const drawInKernel = async () => {
      const { stdout } = await hospital.lab.host('node').run('nft', ['list', 'table', 'ip', 'evenkeel']);
      return /numgen random mod (\d+)/.exec(stdout)?.[1];
    };
    await rest(20_000); // whoever comes sooner after the others has come with them
    await hospital.lab.host(host).linkDown();
    await until('it is down', async () => (await rows()).every(({ verdict }) => verdict === 'down'), { withinMs });
    await hospital.lab.host(host).linkUp();
    const seen = new Set<string>();
    const look = async (): Promise<boolean> => {
      for (const { reason, detail, id } of await rows())
        if (reason === 'warming') seen.add(`${id} ${detail.slice(0, 8)}`);
      if ((await weightsInHaproxy()).size === 2) seen.add('a part of its weight in HAProxy');
      if (!['2', '3'].includes((await drawInKernel()) ?? '2')) seen.add('a part of its weight in the kernel');
      return seen.size === 4;
    };
    await until('it warms in both layers, and both services say so', look, { withinMs });
    await until('it is warm', async () => (await rows()).every(({ warming }) => warming === undefined), { withinMs });
    await until('the kernel gives it all', async () => (await drawInKernel()) === '3', { withinMs });
    await until('HAProxy gives it all', async () => (await weightsInHaproxy()).size === 1, { withinMs });
    expect([...(await weightsInHaproxy())]).toEqual([100]);
    expect(await pid()).toBe(before);
  }, 180_000);

  it('runs a check from a chosen checker, and sees what was said', async () => {
    const { items } = await get<Checkers>('/health/checkers');
    expect(items).toMatchObject([{ state: 'live' }]);
    const check = { kind: 'dicom-echo', calledAe: 'INFINITT', port: 104 };
    const body = { address: machines[0].address, check, checker: items[0]?.name };
    const answer = await hospital.api.post<CheckRunAnswer>('/health/checks/run', body);
    expect(answer).toMatchObject({ status: 200, body: { result: { outcome: 'passed' }, countsForVerdict: false } });
    const said = answer.body.exchange.steps.map(({ what }) => what);
    expect(said).toEqual(expect.arrayContaining(['A-ASSOCIATE-RQ', 'A-ASSOCIATE-AC', 'P-DATA-TF with C-ECHO-RQ']));
    const elsewhere = await hospital.api.post('/health/checks/run', { address: '192.168.85.9', check });
    expect(elsewhere).toMatchObject({ status: 404, body: { code: 'unknown-machine' } });
  }, 30_000);
});
