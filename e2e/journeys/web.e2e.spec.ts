import { describeNeeding } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, machines } from './hospital.ts';

describeNeeding(describe, ...hospitalNeeds)('the web page', () => {
  let hospital: Hospital;
  let first: string | undefined;
  beforeAll(async () => {
    hospital = await Hospital.open();
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  it('keeps its server by cookie', async () => {
    const first = await hospital.page();
    const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect(cookie).toMatch(/^SERVERID=.+/);
    const server = first.headers.get('x-server');
    for (let visit = 0; visit < 5; visit += 1)
      expect((await hospital.page(cookie)).headers.get('x-server')).toBe(server);
  });

  it('keeps its server by source address when the cookie is lost', async () => {
    first = (await hospital.page()).headers.get('x-server') ?? undefined;
    for (let visit = 0; visit < 5; visit += 1) expect((await hospital.page()).headers.get('x-server')).toBe(first);
  });

  it('stays where it was sent when its first server comes back', async () => {
    const home = machines.find(({ label }) => label === first);
    expect(home).toBeDefined();
    const { id, virtualServiceId } = await hospital.realServer('INFINITT_Web', home ?? machines[0]);
    const path = `/virtual-services/${virtualServiceId}/real-servers/${id}`;
    await hospital.write('POST', `${path}/halt`, { reason: 'journey' });
    const moved = (await hospital.page()).headers.get('x-server');
    await hospital.write('POST', `${path}/online`, {});
    expect(moved).not.toBe(first);
    expect((await hospital.page()).headers.get('x-server')).toBe(moved);
  });

  it('answers with the fallback page when no server is left', async () => {
    const { id, realServers } = await hospital.service('INFINITT_Web');
    for (const { id: realServerId } of realServers)
      await hospital.write('POST', `/virtual-services/${id}/real-servers/${realServerId}/halt`, {
        force: true,
        reason: 'journey',
      });
    const page = await hospital.page();
    expect(page.status).toBe(503);
    expect(page.body).toContain('html');
    for (const { id: realServerId } of realServers)
      await hospital.write('POST', `/virtual-services/${id}/real-servers/${realServerId}/online`, {});
    expect((await hospital.page()).status).toBe(200);
  });
});
