import {
  type ClusterConfiguration,
  type CommitResource,
  declaredServers,
  type Problem,
  type WriteAnswer,
} from '@evenkeel/contracts';
import { describeNeeding } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, machines } from './hospital.ts';

describeNeeding(describe, ...hospitalNeeds)('a team that keeps its configuration in a file', () => {
  let hospital: Hospital;
  let file: ClusterConfiguration;
  let cookie: string;
  let home: string | null;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
    const exported = await hospital.api.get<ClusterConfiguration>('/configuration?scope=infinitt-pacs');
    file = exported.body;
    const first = await hospital.page();
    cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    home = first.headers.get('x-server');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  const apply = (document: ClusterConfiguration, more: object = {}): Promise<WriteAnswer> =>
    hospital.write('POST', '/configuration/apply', { document, reason: 'file', ...more });
  /** The file with the web service on another port, and with nothing else changed. */
  const webOn = (port: number): ClusterConfiguration => ({
    ...file,
    virtualServices: file.virtualServices.map((service) =>
      service.label === 'INFINITT_Web'
        ? {
            ...service,
            ports: [port],
            realServers: declaredServers(service).map((realServer) => ({ ...realServer, port: 80 })),
          }
        : service,
    ),
  });

  it('exports it, applies it as it is, and nothing happens', async () =>
    expect(await apply(file, { prune: true })).toMatchObject({ changed: false }));

  it('changes it and applies it: clients find the page at the new port, and a drained machine stays drained', async () => {
    const [first] = machines;
    await hospital.write('POST', `/machines/${first.address}/drain`, { reason: 'disk swap' });
    const answer = await apply(webOn(8080));
    expect(answer.summary?.changed.map(({ virtualService, realServer }) => realServer ?? virtualService)).toEqual([
      'INFINITT_Web',
      ...machines.map(({ label }) => label),
    ]);
    expect((await hospital.page(undefined, 8080)).status).toBe(200);
    expect((await hospital.realServer('INFINITT_Web', first)).intent).toMatchObject({ intent: 'drain' });
    await hospital.write('POST', `/machines/${first.address}/online`, {});
  });

  it('prunes a service, reverts that, and its clients find the server that they had', async () => {
    await apply(file);
    const { id } = await hospital.service('INFINITT_Web');
    const others = file.virtualServices.filter(({ label }) => label !== 'INFINITT_Web');
    const pruned = await apply({ ...file, virtualServices: others }, { prune: true });
    expect((await hospital.page(cookie)).status).not.toBe(200);

    const reverted = await hospital.write('POST', `/commits/${pruned.revision}/revert`, { reason: 'not that one' });
    expect(reverted.summary).toMatchObject({ added: [{ virtualService: 'INFINITT_Web' }] });
    expect((await hospital.service('INFINITT_Web')).id).toBe(id);
    // Its table went with it; the cookie names the server by its number, and that is the old one.
    expect(cookie).toMatch(/^SERVERID=.+/);
    for (let visit = 0; visit < 3; visit += 1) expect((await hospital.page(cookie)).headers.get('x-server')).toBe(home);
    const { body } = await hospital.api.get<CommitResource>(`/commits/${reverted.revision}`);
    expect(body.events[0]).toEqual({ kind: 'CommitReverted', revision: pruned.revision });
    expect(body.reason).toBe('not that one');
  });

  it('is stopped when the file has lost most of its lines, and told by how much', async () => {
    const body = { document: { ...file, virtualServices: [] }, prune: true, reason: 'file' };
    const answer = await hospital.api.post<Problem>('/configuration/apply', body);
    expect(answer).toMatchObject({ status: 409, body: { code: 'mass-removal' } });
    expect(answer.body.detail).toContain('5 virtual services (2 at most)');
  });
});
