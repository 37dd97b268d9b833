import type { Overview, OverviewRealServer } from '@evenkeel/contracts';
import { describeNeeding, type DicomCall, echoscu, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, machines, vip } from './hospital.ts';

// How fast it is: `npm run bench health`.

const dicom: DicomCall = { address: vip, port: 104, timeoutSeconds: 15 };
/** At the pace of the blueprint it would be half a minute. */
const healthCheck = { kind: 'dicom-echo', calledAe: 'INFINITT', interval: '1s', timeout: '1s', rise: 1, fall: 2 };

describeNeeding(
  describe,
  ...hospitalNeeds,
  'echoscu',
)('an archive that hangs', () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await Hospital.open();
    const { id, revision } = await hospital.service('DICOM');
    await hospital.write('PATCH', `/virtual-services/${id}`, { healthCheck }, { 'If-Match': `"${revision}"` });
    await hospital.allAre('up');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  it('gets no more clients, though its port goes on accepting connections, and nobody else is disturbed', async () => {
    const [, hung] = machines;
    const before = await rows();
    const archive = hospital.pacs[1]?.archive;
    archive?.pause();
    try {
      await until('it is out', async () => (await its(hung.label)).verdict === 'down', { withinMs: 60_000 });
      const { reason, detail } = await its(hung.label);
      expect(reason).toBe('dicom-timeout');
      expect(detail).toContain('accepted the connection, but did not answer');
      for (let call = 0; call < 6; call += 1) expect(await echoscu(hospital.client, dicom)).toMatchObject({ ok: true });
      const others = (all: readonly OverviewRealServer[]) =>
        all.filter(({ label }) => label !== hung.label).map(({ id, verdict, since }) => ({ id, verdict, since }));
      expect(others(await rows())).toEqual(others(before));
    } finally {
      archive?.resume();
    }
    await until('it is back', async () => (await its(hung.label)).verdict === 'up', { withinMs: 60_000 });
  }, 180_000);

  const rows = async (): Promise<readonly OverviewRealServer[]> => {
    const { services } = (await hospital.api.get<Overview>('/overview')).body;
    return services.filter(({ label }) => label === 'DICOM').flatMap(({ realServers }) => realServers);
  };
  const its = async (machine: string): Promise<OverviewRealServer> => {
    const found = (await rows()).find(({ label }) => label === machine);
    if (found === undefined) throw new Error(`DICOM has no ${machine}`);
    return found;
  };
});
