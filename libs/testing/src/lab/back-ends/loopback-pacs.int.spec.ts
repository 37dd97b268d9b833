import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl } from '../clients/curl.ts';
import { echoscu, findscu } from '../clients/dicom-clients.ts';
import { freePort } from '../programs/free-port.ts';
import { describeNeeding, unmetNeeds } from '../programs/needs.ts';
import { thisMachine } from '../programs/place.ts';
import { type Pacs, type PacsPorts, startPacs } from './pacs.ts';

const describeLoopback = describeNeeding(
  describe,
  ...(['curl', 'Orthanc', 'wlmscpfs', 'dump2dcm', 'echoscu', 'findscu'] as const),
);

describeLoopback('two PACS on this machine, with the same ports', () => {
  // UDP 137 cannot be chosen, so the addresses are: two runs of this test at once must not meet.
  const net = `127.85.${randomInt(256)}`;
  const addresses = { EK_ONE: `${net}.201`, EK_TWO: `${net}.202` };
  let pacs: readonly Pacs[];

  beforeAll(async () => {
    const ports = await fourFreePorts();
    pacs = await Promise.all(Object.entries(addresses).map(([name, address]) => startPacs({ name, address, ports })));
  });
  afterAll(() => Promise.all(pacs.map((one) => one.kill())));

  it.each(Object.entries(addresses))('%s answers for itself on its own address', async (name, address) => {
    const { ports } = pacs[0] as Pacs;
    const system = await curl(thisMachine, `http://${address}:${ports.web}/system`);
    expect(JSON.parse(system.body)).toMatchObject({ Name: name });
    expect(await echoscu(thisMachine, { address, port: ports.dicom })).toMatchObject({ ok: true });
    expect(await echoscu(thisMachine, { address, port: ports.query })).toMatchObject({ ok: true });
    const found = await findscu(
      thisMachine,
      { address, port: ports.worklist },
      { model: 'worklist', keys: ['(0040,0100)[0].0040,0010'] },
    );
    expect(found.matches).toBe(2);
    expect(found.evidence).toContain(`[${name}`);
  });

  it('names each part that this user cannot have', () => {
    const isRoot = unmetNeeds('root').length === 0;
    for (const { missing, netbios } of pacs) {
      expect(netbios === undefined).toBe(missing.some((reason) => reason.startsWith('NetBIOS: ')));
      expect(missing.includes('NetBIOS: this user is not root')).toBe(!isRoot);
    }
  });

  it('keeps one when the other is stopped', async () => {
    const [one, two] = pacs as readonly [Pacs, Pacs];
    await one.stop();
    const call = { port: one.ports.dicom, timeoutSeconds: 1 };
    expect((await echoscu(thisMachine, { ...call, address: one.address })).evidence).toContain('Connection refused');
    expect(await echoscu(thisMachine, { ...call, address: two.address })).toMatchObject({ ok: true });
  });
});

const fourFreePorts = async (): Promise<PacsPorts> => {
  const [web, dicom, query, worklist] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  return { web, dicom, query, worklist };
};
