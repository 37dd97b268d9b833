import {
  describeNeeding,
  type DicomCall,
  echoscu,
  findscu,
  makeDicomFile,
  makeTempFolder,
  nmblookup,
  storescu,
  type TempFolder,
} from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, machines, vip } from './hospital.ts';

const dicom: DicomCall = { address: vip, port: 104 };
const query: DicomCall = { address: vip, port: 105 };
const worklist: DicomCall = { address: vip, port: 204 };

describeNeeding(
  describe,
  ...hospitalNeeds,
  'wlmscpfs',
  'storescu',
  'nmblookup',
)('a modality', () => {
  let hospital: Hospital;
  let files: TempFolder;
  beforeAll(async () => {
    files = await makeTempFolder('dicom');
    hospital = await Hospital.open();
  }, 120_000);
  afterAll(async () => {
    await hospital.dispose();
    await files.remove();
  }, 60_000);

  it('reaches the PACS with C-ECHO on 104 and on 105', async () => {
    expect(await echoscu(hospital.client, dicom)).toMatchObject({ ok: true });
    expect(await echoscu(hospital.client, query)).toMatchObject({ ok: true });
  });

  it('finds on 105, again and again, what it stored on 104, once it is on every machine', async () => {
    const image = await makeDicomFile(files.path, { patientId: 'EK4711' });
    // Each service keeps its own table: without a persistence group the two may lead to different machines.
    for (const { host, address } of machines)
      await storescu(hospital.lab.host(host), { address, port: 104 }, image.path);
    const answer = await storescu(hospital.client, dicom, image.path);
    expect(answer).toMatchObject({ ok: true });
    const find = { model: 'study', keys: ['PatientID=EK4711', 'StudyInstanceUID'] } as const;
    for (let visit = 0; visit < 3; visit += 1)
      expect(await findscu(hospital.client, query, find)).toMatchObject({ ok: true, matches: 1 });
  });

  it('gets its worklist on 204, always from the same machine', async () => {
    const find = { model: 'worklist', keys: ['PatientID', '(0040,0100)[0].(0040,0010)'] } as const;
    const stations = new Set<string>();
    for (let visit = 0; visit < 3; visit += 1) {
      const answer = await findscu(hospital.client, worklist, find);
      expect(answer).toMatchObject({ ok: true, matches: 2 });
      stations.add(/INF_PACS\d/.exec(answer.evidence)?.[0] ?? 'nobody');
    }
    expect(stations.size).toBe(1);
    expect([...stations][0]).toMatch(/INF_PACS\d/);
  });

  it('sees the NetBIOS names of one machine on 137, always the same', async () => {
    const names = new Set<string>();
    for (let visit = 0; visit < 3; visit += 1) {
      const status = await nmblookup(hospital.client, { address: vip });
      expect(status).toMatchObject({ ok: true });
      names.add(status.names[0] ?? 'nobody');
    }
    expect(names.size).toBe(1);
    expect([...names][0]).toMatch(/^INF_PACS\d$/);
  });
});
