import { healthCheckOf, type Overview, type WriteAnswer } from '@evenkeel/contracts';
import { curl, describeNeeding, echoscu, nmblookup, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, type Machine, machines, vip } from './hospital.ts';

describeNeeding(
  describe,
  ...hospitalNeeds,
  'wlmscpfs',
  'nmblookup',
)('an administrator at night', () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  const machineOf = (label: string | null): Machine => {
    const found = machines.find((machine) => machine.label === label);
    if (found === undefined) throw new Error(`no machine ${label}`);
    return found;
  };
  const serverOfPage = async (cookie?: string): Promise<Machine> =>
    machineOf((await hospital.page(cookie)).headers.get('x-server'));
  const pathOf = async (service: string, machine: Machine): Promise<string> => {
    const { id, virtualServiceId } = await hospital.realServer(service, machine);
    return `/virtual-services/${virtualServiceId}/real-servers/${id}`;
  };
  const rowOf = async (service: string, machine: Machine) => {
    const { body } = await hospital.api.get<Overview>('/overview');
    const row = body.services
      .find(({ label }) => label === service)
      ?.realServers.find(({ address }) => address === machine.address);
    if (row === undefined) throw new Error(`${service} has no ${machine.label}`);
    return row;
  };

  it('drains one service of a machine: who is there stays, and the other services do not notice', async () => {
    const home = await serverOfPage();
    const path = await pathOf('INFINITT_Web', home);
    const answer = await hospital.write('POST', `${path}/drain`, { reason: 'disk swap', clients: 'keep' });
    expect(answer.convergence.nodes).toMatchObject([{ node: 'lb-a', method: 'runtime' }]);
    expect(await serverOfPage()).toBe(home); // persistent clients stay
    expect(await rowOf('INFINITT_Web', home)).toMatchObject({ intent: 'drain', reason: 'drained-by' });
    expect(await rowOf('DICOM', home)).toMatchObject({ intent: 'online', state: 'up' });
    await hospital.write('POST', `${path}/online`, {});
    expect(await rowOf('INFINITT_Web', home)).toMatchObject({ state: 'up' });
  });

  it('drains and sends persistent clients elsewhere as well', async () => {
    const home = await serverOfPage();
    const cookie = (await hospital.page()).headers.get('set-cookie')?.split(';')[0] ?? '';
    const path = await pathOf('INFINITT_Web', home);
    await hospital.write('POST', `${path}/drain`, { reason: 'disk swap', clients: 'forget' });
    expect(await serverOfPage(cookie)).not.toBe(home);
    await hospital.write('POST', `${path}/online`, {});
  });

  it('halts one service of a machine, and brings it back', async () => {
    const home = await serverOfPage();
    const path = await pathOf('INFINITT_Web', home);
    await hospital.write('POST', `${path}/halt`, { reason: 'broken' });
    expect(await serverOfPage()).not.toBe(home);
    expect(await rowOf('INFINITT_Web', home)).toMatchObject({ state: 'halted', reason: 'halted-by' });
    await hospital.write('POST', `${path}/online`, { whenUp: true });
  });

  it('halts a whole machine in one commit, over all services and both layers, and brings it back', async () => {
    const { names } = await nmblookup(hospital.client, { address: vip });
    const machine = machineOf(names[0] ?? null);
    const { revision } = await hospital.write('POST', `/machines/${machine.address}/halt`, { reason: 'new memory' });
    const { body } = await hospital.api.get<{ events: { kind: string }[]; reason: string }>(`/commits/${revision}`);
    expect(body.events.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'RealServerHalted'));
    expect(body.reason).toBe('new memory');
    for (let visit = 0; visit < 3; visit += 1) {
      expect(await serverOfPage()).not.toBe(machine);
      expect(await echoscu(hospital.client, { address: vip, port: 104 })).toMatchObject({ ok: true });
      expect((await nmblookup(hospital.client, { address: vip })).names).not.toContain(machine.label);
    }
    await hospital.write('POST', `/machines/${machine.address}/online`, {});
  });

  it('is refused when nobody would be left, is told who, and may insist with a reason', async () => {
    const [first, ...others] = machines;
    for (const { address } of others) await hospital.write('POST', `/machines/${address}/halt`, { reason: 'works' });
    const path = `/machines/${first.address}/drain`;
    const refused = await hospital.api.post<{ code: string; detail: string }>(path, { reason: 'oops' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'last-available-real-server' } });
    expect(refused.body.detail).toContain('INFINITT_Web');
    expect(await hospital.api.post(path, { force: true })).toMatchObject({
      status: 422,
      body: { code: 'reason-required' },
    });
    await hospital.write('POST', path, { force: true, reason: 'the whole site is moving' });
    for (const { address } of machines) await hospital.write('POST', `/machines/${address}/online`, {});
  });

  it('shifts the share of new clients with a weight', async () => {
    const { id } = await hospital.service('INFINITT_Web');
    const overrides = { ports: [8080], persistence: { kind: 'none' }, balance: 'round-robin' };
    const copied = await hospital.write('POST', `/virtual-services/${id}/duplicate`, { label: 'Viewer', overrides });
    // Its real servers inherit the port and moved to 8080 with it, where no PACS listens: the review says so.
    expect(copied.review?.movedPorts).toHaveLength(3);
    for (const machine of machines) {
      const weight = machine === machines[0] ? 200 : 50;
      const { id: serverId, virtualServiceId, revision } = await hospital.realServer('Viewer', machine);
      const path = `/virtual-services/${virtualServiceId}/real-servers/${serverId}`;
      await hospital.write('PATCH', path, { port: 80, weight }, { 'If-Match': `"${revision}"` });
    }
    await until('the copy is up', async () => (await rowOf('Viewer', machines[0])).verdict === 'up', {
      withinMs: 20_000,
    });
    const seen: (string | null)[] = [];
    for (let visit = 0; visit < 30; visit += 1)
      seen.push((await hospital.page(undefined, 8080)).headers.get('x-server'));
    const share = seen.filter((server) => server === machines[0].label).length;
    expect(share).toBeGreaterThanOrEqual(18); // two thirds of 30 is 20
    expect(share).toBeLessThanOrEqual(22);
    expect(new Set(seen).size).toBe(3);
  });

  it('has a duplicate that behaves as its origin apart from its overrides', async () => {
    const [origin, copy] = [await hospital.service('INFINITT_Web'), await hospital.service('Viewer')];
    expect(copy).toMatchObject({
      duplicatedFrom: origin.id,
      mode: 'http',
      address: vip,
      healthCheck: healthCheckOf(origin),
    });
    const page = await curl(hospital.client, `http://${vip}:8080/`);
    expect(page.status).toBe(200);
    expect(page.headers.get('set-cookie')).toBeNull();
    // The origin still knows its clients, by their source address here: HAProxy then sets no new cookie.
    const home = await serverOfPage();
    for (let visit = 0; visit < 5; visit += 1) expect(await serverOfPage()).toBe(home);
  });

  it('watches a dead PACS leave within its fall time, and come back', async () => {
    const home = await serverOfPage();
    const index = machines.indexOf(home);
    await hospital.pacs[index]?.web.kill();
    const diedAt = performance.now();
    await until(
      'the page moved',
      async () => {
        const page = await hospital.page();
        return page.status === 200 && page.headers.get('x-server') !== home.label;
      },
      { withinMs: 10_000 },
    );
    await until('the verdict is down', async () => (await rowOf('INFINITT_Web', home)).verdict === 'down', {
      withinMs: 10_000,
    });
    // interval 2 s, fall 3: the third failure comes at most three intervals after the death.
    expect(performance.now() - diedAt).toBeLessThan(3 * 2_000 + 2_500);
    expect(await rowOf('INFINITT_Web', home)).toMatchObject({ state: 'down', reason: 'connect-refused' });
    await hospital.reviveWeb(index);
    await until('the verdict is up', async () => (await rowOf('INFINITT_Web', home)).verdict === 'up', {
      withinMs: 15_000,
    });
  });

  it('finds every change of the night in the book, with who and why', async () => {
    const { body } = await hospital.api.get<{
      items: { revision: number; actor: { name: string }; previousHash: string; hash: string }[];
    }>('/commits?limit=100');
    expect(body.items.length).toBeGreaterThan(10);
    body.items.forEach((commit, index) => {
      const older = body.items[index + 1];
      if (older !== undefined) expect(commit.previousHash).toBe(older.hash);
      expect(commit.actor.name).toBe('administrator');
    });
  });

  it('gets the same commit again for the same key', async () => {
    const path = `/machines/${machines[0].address}/drain`;
    const key = { 'Idempotency-Key': 'night-shift-1' };
    const first = await hospital.api.post<WriteAnswer>(path, { reason: 'once' }, key);
    const again = await hospital.api.post<WriteAnswer>(path, { reason: 'once' }, key);
    expect(again.body.revision).toBe(first.body.revision);
    const other = await hospital.api.post(path, { reason: 'twice' }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
    await hospital.write('POST', `/machines/${machines[0].address}/online`, {});
  });
});
