import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl } from '../clients/curl.ts';
import { echoscu, findscu, storescu } from '../clients/dicom-clients.ts';
import { type DicomFile, makeDicomFile } from '../clients/dicom-files.ts';
import { nmblookup } from '../clients/nmblookup.ts';
import { type Lab } from '../network/lab.ts';
import { type LabHost } from '../network/lab-host.ts';
import { pacsLab, pacsNetwork } from '../network/pacs-lab.ts';
import { describeNeeding } from '../programs/needs.ts';
import { makeTempFolder, type TempFolder } from '../programs/temp-folder.ts';
import { type Pacs, startPacs } from './pacs.ts';

const describePacs = describeNeeding(
  describe,
  'root',
  ...(['ip', 'curl', 'Orthanc', 'wlmscpfs', 'dump2dcm', 'nmbd', 'nmblookup'] as const),
  ...(['echoscu', 'storescu', 'findscu'] as const),
);

describePacs('a PACS of the lab, asked by the client', () => {
  let lab: Lab;
  let client: LabHost;
  let pacs: Pacs;
  let folder: TempFolder;
  let image: DicomFile;
  const address = pacsNetwork.pacs1;
  const dicom = { address, port: 104 };
  const query = { address, port: 105 };
  const worklist = { address, port: 204 };

  beforeAll(async () => {
    lab = await pacsLab();
    client = lab.host('client');
    pacs = await startPacs({ place: lab.host('pacs1'), address, name: 'INF_PACS1' });
    folder = await makeTempFolder('images');
    image = await makeDicomFile(folder.path, { patientId: 'EK-LAB' });
  });
  afterAll(async () => {
    await lab.dispose();
    await folder.remove();
  });

  it('has all its parts', () => {
    expect(pacs.missing).toEqual([]);
  });

  it('answers HEAD and GET of its web page with its name', async () => {
    const head = await curl(client, `http://${address}/`, { method: 'HEAD' });
    expect(head).toMatchObject({ status: 200, body: '' });
    expect(head.headers.get('x-server')).toBe('INF_PACS1');
    expect(await curl(client, `http://${address}/`)).toMatchObject({ status: 200, body: 'INF_PACS1\n' });
  });

  it('shows Orthanc behind its web page', async () => {
    const { status, body } = await curl(client, `http://${address}/system`);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toMatchObject({ Name: 'INF_PACS1', DicomAet: 'INFINITT', DicomPort: 104 });
  });

  it('has an Orthanc that refuses every HEAD, which is why it stands behind', async () => {
    const path = `http://${address}:8042/system`;
    expect((await curl(client, path)).status).toBe(200);
    expect((await curl(client, path, { method: 'HEAD' })).status).toBe(404);
  });

  it('holds a long web connection open', async () => {
    const startedAt = performance.now();
    expect(await curl(client, `http://${address}/hold?ms=400`)).toMatchObject({ status: 200, body: 'INF_PACS1\n' });
    expect(performance.now() - startedAt).toBeGreaterThan(390);
  });

  it.each([dicom, query, worklist])('answers C-ECHO on port $port', async (call) => {
    expect(await echoscu(client, call)).toMatchObject({ ok: true });
  });

  it('finds on the query port what was stored on the DICOM port', async () => {
    const find = { model: 'study', keys: ['PatientID=EK-LAB', 'StudyInstanceUID'] } as const;
    expect(await findscu(client, query, find)).toMatchObject({ ok: true, matches: 0 });
    expect(await storescu(client, dicom, image.path)).toMatchObject({ ok: true });
    const found = await findscu(client, query, find);
    expect(found).toMatchObject({ ok: true, matches: 1 });
    expect(found.evidence).toContain(image.studyUid);
  });

  it('gives its worklist, and the entries say whose it is', async () => {
    const station = '(0040,0100)[0].0040,0010';
    const all = await findscu(client, worklist, { model: 'worklist', keys: ['PatientID', station] });
    expect(all).toMatchObject({ ok: true, matches: 2 });
    expect(all.evidence).toContain('[INF_PACS1');
    const one = await findscu(client, worklist, { model: 'worklist', keys: ['PatientID=EK0002'] });
    expect(one).toMatchObject({ ok: true, matches: 1 });
  });

  it('rejects a worklist caller that asks for another AE title', async () => {
    const answer = await echoscu(client, { ...worklist, calledAe: 'SOMEBODY' });
    expect(answer.ok).toBe(false);
    expect(answer.evidence).toContain('Called AE Title Not Recognized');
  });

  it('answers a NetBIOS node status request with its name', async () => {
    const { ok, names } = await nmblookup(client, { address });
    expect({ ok, names }).toEqual({ ok: true, names: ['INF_PACS1'] });
  });

  it('hangs when paused: it takes the connection and never answers', async () => {
    pacs.pause();
    const impatient = { ...dicom, timeoutSeconds: 1 };
    const [echo, page] = await Promise.all([
      echoscu(client, impatient),
      curl(client, `http://${address}/`, { timeoutMs: 300 }),
    ]);
    expect(echo.evidence).toContain('read timeout');
    expect(page.evidence).toContain('timed out');
    pacs.resume();
    expect(await echoscu(client, dicom)).toMatchObject({ ok: true });
  });

  it('refuses every connection when it is dead, and comes back when started again', async () => {
    await pacs.kill();
    for (const call of [dicom, query, worklist]) {
      expect((await echoscu(client, call)).evidence).toContain('Connection refused');
    }
    expect((await nmblookup(client, { address, timeoutMs: 500 })).ok).toBe(false);
    pacs = await startPacs({ place: lab.host('pacs1'), address, name: 'INF_PACS1' });
    expect(await echoscu(client, query)).toMatchObject({ ok: true });
  });

  it('goes dark on the query port too when its archive alone dies', async () => {
    await pacs.archive?.kill();
    expect((await echoscu(client, query)).evidence).toContain('Connection refused');
    expect((await curl(client, `http://${address}/`)).status).toBe(200);
    expect((await curl(client, `http://${address}/system`)).status).toBe(502);
  });
});
