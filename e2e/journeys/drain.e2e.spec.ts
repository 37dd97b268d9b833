import type {
  CommitPage,
  CommitResource,
  MachineResource,
  Overview,
  OverviewRealServer,
  Problem,
} from '@evenkeel/contracts';
import {
  describeNeeding,
  echoscu,
  type LabProcess,
  makeDicomFile,
  makeTempFolder,
  type TempFolder,
  until,
} from '@evenkeel/testing/lab';
import { afterAll, beforeAll, expect, it, describe } from '@jest/globals';
import { Hospital, hospitalNeeds, type Machine, machines, vip } from './hospital.ts';

/** Time to look at what is left, on a slow machine too. */
const deadlineSeconds = 25;

describeNeeding(
  describe,
  ...hospitalNeeds,
  'storescu',
)('a machine with long associations', () => {
  let hospital: Hospital;
  let files: TempFolder;
  let orderedIn: number;
  let home: Machine;
  const modalities: LabProcess[] = [];
  beforeAll(async () => {
    files = await makeTempFolder('dicom');
    hospital = await Hospital.open({ dicomCheck: { kind: 'dicom-echo', calledAe: 'INFINITT' } });
    await hospital.allAre('up');
  }, 120_000);
  afterAll(async () => {
    modalities.forEach((modality) => modality.kill());
    await hospital.dispose();
    await files.remove();
  }, 60_000);

  /** A modality that sends one study for as long as it is let: one association. */
  const modality = async (): Promise<LabProcess> => {
    const { path } = await makeDicomFile(files.path);
    const sending = ['--repeat', '1000000', '-aet', 'MODALITY', '-aec', 'INFINITT', vip, '104', path];
    const process = hospital.client.spawn('storescu', sending);
    modalities.push(process);
    return process;
  };
  const dicomRows = async (): Promise<readonly OverviewRealServer[]> => {
    const { body } = await hospital.api.get<Overview>('/overview');
    return body.services.find(({ label }) => label === 'DICOM')?.realServers ?? [];
  };
  const busy = async (): Promise<readonly OverviewRealServer[]> =>
    (await dicomRows()).filter(({ connections }) => (connections ?? 0) > 0);
  const rowOf = async ({ address }: Machine): Promise<OverviewRealServer> => {
    const row = (await dicomRows()).find((one) => one.address === address);
    if (row === undefined) throw new Error(`DICOM has no ${address}`);
    return row;
  };
  it('is drained with a deadline, in one commit over all services', async () => {
    await Promise.all([modality(), modality()]);
    await until('both associations are counted', async () => (await busy())[0]?.connections === 2, {
      withinMs: 20_000,
    });
    const [row] = await busy();
    home = machines.find(({ address }) => address === row?.address) ?? machines[0];
    const wish = { clients: 'forget', deadline: `${deadlineSeconds}s`, reason: 'new memory' };
    ({ revision: orderedIn } = await hospital.write('POST', `/machines/${home.address}/drain`, wish));
    const { body } = await hospital.api.get<CommitResource>(`/commits/${orderedIn}`);
    const deadlines = body.events.map((event) => event.kind === 'RealServerDrainStarted' && event.deadline);
    expect(deadlines).toHaveLength(5);
    expect(new Set(deadlines).size).toBe(1);
  });

  it('says how many associations are left, and how old the oldest is', async () => {
    await until('the age is told', async () => (await rowOf(home)).draining?.oldest !== undefined, {
      withinMs: 15_000,
    });
    const row = await rowOf(home);
    expect(row).toMatchObject({ state: 'draining', draining: { connections: 2 } });
    expect(row.detail).toMatch(
      /^drained by administrator: new memory; 2 associations left, oldest \d+ s; shut at 20\S+Z; ready to return$/,
    );
    const { body } = await hospital.api.get<MachineResource>(`/machines/${home.address}`);
    const dicom = body.realServers.find(({ virtualService }) => virtualService.label === 'DICOM')?.realServer;
    expect(dicom?.draining).toMatchObject({ connections: 2, deadline: row.draining?.deadline });
  });

  it('gets no new association: the next one goes elsewhere', async () => {
    expect(await echoscu(hospital.client, { address: vip, port: 104 })).toMatchObject({ ok: true });
    await modality();
    await until('it is counted elsewhere', async () => (await busy()).length === 2, { withinMs: 15_000 });
    expect((await rowOf(home)).connections).toBe(2);
    expect(modalities.map(({ hasExited }) => hasExited)).toEqual([false, false, false]);
  });

  it('is halted at the deadline: what was left is shut, and nothing else', async () => {
    const isOver = async (): Promise<boolean> => (await rowOf(home)).state === 'halted';
    await until('the machine is halted', isOver, { withinMs: 60_000 });
    const exits = await Promise.all(modalities.slice(0, 2).map(({ exited }) => exited));
    expect(exits.every(({ code }) => code !== 0)).toBe(true);
    expect(modalities[2]?.hasExited).toBe(false);
  });

  it('has the halt in the book, by config itself, naming the order', async () => {
    const halts = async (): Promise<readonly CommitResource[]> =>
      (await hospital.api.get<CommitPage>('/commits?actor=config')).body.items;
    await until('all five are halted', async () => (await halts()).length === 5, { withinMs: 15_000 });
    for (const { actor, reason, events } of await halts()) {
      expect(actor).toMatchObject({ name: 'config', kind: 'system' });
      expect(reason).toBe(`deadline of the drain ordered in revision ${orderedIn} by administrator`);
      expect(events).toMatchObject([{ kind: 'RealServerHalted', connections: 'close' }]);
    }
  });

  it('comes back when it is brought online', async () => {
    await hospital.write('POST', `/machines/${home.address}/online`, {});
    expect(await rowOf(home)).toMatchObject({ intent: 'online' });
    expect(await rowOf(home)).not.toHaveProperty('draining');
  });

  it('is not drained below the watermark of a service, and the refusal says who would be left', async () => {
    const { id, revision } = await hospital.service('DICOM');
    await hospital.write('PATCH', `/virtual-services/${id}`, { availability: 67 }, { 'If-Match': `"${revision}"` });
    const refused = await hospital.api.post<Problem>(`/machines/${home.address}/drain`, { reason: 'more memory' });
    expect([refused.status, refused.body.code]).toEqual([409, 'below-watermark']);
    const [one, other] = machines.filter((machine) => machine !== home).map(({ label }) => label);
    expect(refused.body.detail).toBe(
      `DICOM would be left with ${one}, ${other}: 3 of 3 must stay. Send force with a reason to do it all the same.`,
    );
    await hospital.write('POST', `/machines/${home.address}/drain`, { reason: 'more memory', force: true });
    const { body } = await hospital.api.get<Overview>('/overview');
    expect(body.services.find(({ label }) => label === 'DICOM')).toMatchObject({
      state: 'degraded',
      reasons: ['below-watermark'],
    });
  });
});
