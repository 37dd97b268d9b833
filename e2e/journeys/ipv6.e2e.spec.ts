import type { MachineResource, Overview, VirtualServiceResource } from '@evenkeel/contracts';
import {
  type BackEnd,
  curl,
  describeNeeding,
  type LabHost,
  pacsNetwork,
  startWebServer,
  until,
} from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds } from './hospital.ts';

// The hospital gets IPv6 beside what it has: one service with an IPv6 address, one machine reached by it.

const six = (address: string): string => address.replace(/^192\.168\.85\./, '2001:db8:85::');
const [vip6, pacs1, pacs2] = [six(pacsNetwork.vip), six(pacsNetwork.pacs1), pacsNetwork.pacs2];

describeNeeding(
  describe,
  ...hospitalNeeds,
  'ipv6',
)('a service with an IPv6 address', () => {
  let hospital: Hospital;
  let web: BackEnd;
  beforeAll(async () => {
    hospital = await Hospital.open();
    for (const name of ['client', 'node', 'pacs1'] as const) await hold(hospital.lab.host(name), pacsNetwork[name]);
    await hold(hospital.lab.host('node'), pacsNetwork.vip);
    web = await startWebServer({ place: hospital.lab.host('pacs1'), address: pacs1, port: 80, name: 'OVER_6' });
  }, 120_000);
  afterAll(async () => {
    await web.stop();
    await hospital.dispose();
  }, 60_000);

  const hold = async (host: LabHost, address: string): Promise<void> => {
    const { code } = await host.run('ip', ['addr', 'add', `${six(address)}/64`, 'dev', 'eth0', 'nodad']);
    expect(code).toBe(0);
  };
  const serversOf = async (visits: number): Promise<readonly string[]> => {
    const seen = new Set<string>();
    for (let visit = 0; visit < visits; visit += 1) {
      const { headers } = await curl(hospital.client, `http://[${vip6}]/`);
      seen.add(headers.get('x-server') ?? 'nobody');
    }
    return [...seen].toSorted();
  };

  it('is written in any way, kept in one, and serves from machines of both families', async () => {
    const { revision } = await hospital.write('POST', '/virtual-services', {
      label: 'WEB6',
      address: '2001:0DB8:85:0::0150',
      ports: [80],
      layer: 7,
      mode: 'http',
      balance: 'round-robin',
      realServers: [
        { label: 'OVER_6', address: '2001:DB8:85::200' },
        { label: 'INF_PACS2', address: pacs2 },
      ],
    });
    expect(revision).toBeGreaterThan(0);
    const { address, realServers }: VirtualServiceResource = await hospital.service('WEB6');
    expect([address, ...realServers.map((one) => one.address)]).toEqual([vip6, pacs1, pacs2]);
    expect(await serversOf(6)).toEqual(['INF_PACS2', 'OVER_6']);
  });

  it('has its servers checked over both families', async () => {
    await until(
      'both are up',
      async () => {
        const { body } = await hospital.api.get<Overview>('/overview');
        const rows = body.services.find(({ label }) => label === 'WEB6')?.realServers ?? [];
        return rows.length === 2 && rows.every(({ verdict }) => verdict === 'up');
      },
      { withinMs: 30_000 },
    );
  });

  it('loses a machine that is drained by its address, however that is written', async () => {
    await hospital.write('POST', '/machines/2001:db8:85:0:0::0200/drain', { reason: 'disk swap' });
    expect((await hospital.api.get<MachineResource>(`/machines/${pacs1}`)).body).toMatchObject({
      address: pacs1,
      realServers: [{ realServer: { label: 'OVER_6', intent: { intent: 'drain' } } }],
    });
    expect(await serversOf(4)).toEqual(['INF_PACS2']);
    await hospital.write('POST', `/machines/${encodeURIComponent(pacs1)}/online`, {});
    expect(await serversOf(6)).toEqual(['INF_PACS2', 'OVER_6']);
  });

  it('is served in layer 4 too, once the node forwards', async () => {
    await hospital.lab.host('node').run('sysctl', ['-q', '-w', 'net.ipv6.conf.all.forwarding=1']);
    await hospital.write('POST', '/virtual-services', {
      label: 'LAYER4_6',
      address: vip6,
      ports: [8080],
      layer: 4,
      mode: 'tcp',
      realServers: [{ label: 'OVER_6', address: pacs1, port: 80 }],
    });
    const { headers } = await curl(hospital.client, `http://[${vip6}]:8080/`);
    expect(headers.get('x-server')).toBe('OVER_6');
    const { body } = await hospital.api.get<Overview>('/overview');
    expect(body.services.find(({ label }) => label === 'INFINITT_Check')).toMatchObject({ pending: false });
  });
});
