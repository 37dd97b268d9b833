import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { NodeResource, Overview } from '@evenkeel/contracts';
import { describeNeeding, echoscu, nmblookup, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, machines, vip } from './hospital.ts';

describeNeeding(
  describe,
  ...hospitalNeeds,
  'nmblookup',
)('the whole node', () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  const node = async (): Promise<NodeResource> => (await hospital.api.get<NodeResource>('/nodes/lb-a')).body;
  const served = async (): Promise<readonly unknown[]> => {
    const overview = (await hospital.api.get<Overview>('/overview')).body;
    return overview.services.map(({ label, realServers }) => [
      label,
      realServers.map(({ intent, weight }) => [intent, weight]),
    ]);
  };
  const settled = async (): Promise<NodeResource> => {
    await until(
      'the node has seen the head of the book',
      async () => (await node()).lag === 0 && (await node()).waitingFor.length === 0,
      { withinMs: 20_000 },
    );
    return node();
  };

  it('restarts and serves the same, drains included', async () => {
    await hospital.write('POST', `/machines/${machines[2].address}/drain`, { reason: 'journey', clients: 'keep' });
    const [before, hash] = [await served(), (await settled()).configurationHash];
    await hospital.restartNode();
    await hospital.allAre('up');
    expect(await served()).toEqual(before);
    expect((await settled()).configurationHash).toBe(hash);
    expect((await hospital.page()).status).toBe(200);
    expect(await echoscu(hospital.client, { address: vip, port: 104 })).toMatchObject({ ok: true });
    expect(await nmblookup(hospital.client, { address: vip })).toMatchObject({ ok: true });
  }, 60_000);

  it('replays the book from revision 0 to the same configuration, byte by byte', async () => {
    const hash = (await settled()).configurationHash;
    await hospital.node.stop();
    // Everything that a worker remembers, and the stream: only the book is left.
    await rm(join(hospital.data.path, 'node', 'proxy'), { recursive: true });
    await rm(join(hospital.data.path, 'node', 'nats'), { recursive: true });
    await hospital.startNodeAgain();
    await hospital.allAre('up');
    expect((await settled()).configurationHash).toBe(hash);
    expect((await hospital.page()).status).toBe(200);
  }, 60_000);

  it('comes back after kill -9 of everything that it runs, and loses nothing that it had acknowledged', async () => {
    const { revision } = await hospital.write('POST', `/machines/${machines[1].address}/drain`, {
      reason: 'last words',
    });
    hospital.node.process.kill('SIGKILL');
    await hospital.node.process.exited;
    await hospital.startNodeAgain();
    expect((await settled()).observed).toBeGreaterThanOrEqual(revision);
    const { body } = await hospital.api.get<{ reason: string }>(`/commits/${revision}`);
    expect(body.reason).toBe('last words');
    expect((await hospital.page()).status).toBe(200);
  }, 60_000);
});
