import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  Convergence,
  JournalEntry,
  JournalKind,
  JournalPage,
  VirtualServiceResource,
  WriteAnswer,
} from '@evenkeel/contracts';
import { describeNeeding, startWebServer, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, machines, vip } from './hospital.ts';

describeNeeding(describe, ...hospitalNeeds)('on a bad day', () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  const path = `/machines/${machines[0].address}`;

  it('keeps serving, and says that nothing was changed, while Postgres hangs', async () => {
    const file = join(hospital.data.path, 'node', 'postgres', 'data', 'postmaster.pid');
    const pid = Number((await readFile(file, 'utf8')).split('\n')[0]);
    const backends = await childrenOf(pid);
    signal([pid, ...backends], 'SIGSTOP');
    try {
      const answer = await hospital.api.post<{ code: string; detail: string }>(`${path}/drain`, { reason: 'now' });
      expect(answer).toMatchObject({ status: 503, body: { code: 'book-unavailable' } });
      expect(answer.headers.get('retry-after')).toBe('2');
      expect((await hospital.page()).status).toBe(200);
      expect((await hospital.api.get('/overview')).status).toBe(200);
    } finally {
      signal([pid, ...backends], 'SIGCONT');
    }
    // Whether the wish had reached Postgres before it hung or not: asking for the same again ends in one state.
    await until(
      'writing works again',
      async () => (await hospital.api.post(`${path}/drain`, { reason: 'now' })).status === 200,
      { withinMs: 20_000 },
    );
    await hospital.write('POST', `${path}/online`, {});
  }, 60_000);

  it('never runs a configuration that HAProxy cannot run, says why in its words, and heals with the next good one', async () => {
    const squatter = await startWebServer({
      place: hospital.lab.host('node'),
      address: vip,
      port: 9_999,
      name: 'squatter',
    });
    const body = { label: 'Taken', address: vip, ports: [9_999], layer: 7, mode: 'tcp' };
    const answer = await hospital.api.call<WriteAnswer>('POST', '/virtual-services?wait=converged&timeout=10s', {
      body,
    });
    expect(answer).toMatchObject({ status: 201, body: { convergence: { state: 'rejected' } } });
    const [node] = answer.body.convergence.nodes;
    expect(node).toMatchObject({ state: 'rejected', stage: 'failing', rejection: { engine: 'haproxy' } });
    expect(node?.failing).toMatchObject([{ engine: 'haproxy', kind: 'refused', words: node?.rejection?.words }]);
    expect(node?.rejection?.words).toContain('9999');
    expect((await hospital.page()).status).toBe(200);
    // Intents still reach what runs.
    const drained = await hospital.api.call<WriteAnswer>('POST', `${path}/drain`, { body: { reason: 'meanwhile' } });
    expect(drained.status).toBe(200);

    const { id, revision } = answer.body.resource as VirtualServiceResource;
    const headers = { 'If-Match': `"${revision}"` };
    const removed = await hospital.api.call<WriteAnswer>(
      'DELETE',
      `/virtual-services/${id}?wait=converged&timeout=10s`,
      { headers },
    );
    expect(removed.body.convergence).toMatchObject({ state: 'converged' });
    expect((await hospital.api.get<Convergence>(`/commits/${removed.body.revision}/convergence`)).body.state).toBe(
      'converged',
    );
    // What happened is still known when all is well again.
    const told = async (kind: JournalKind): Promise<JournalEntry | undefined> =>
      (await hospital.api.get<JournalPage>(`/journal?kind=${kind}`)).body.items[0];
    await until('that it healed is in the journal', async () => (await told('rejection-healed')) !== undefined);
    expect(await told('rejection-healed')).toMatchObject({ engine: 'haproxy', revision: removed.body.revision });
    expect(await told('rejected')).toMatchObject({
      engine: 'haproxy',
      revision: answer.body.revision,
      words: node?.rejection?.words,
    });
    await squatter.stop();
    await hospital.write('POST', `${path}/online`, {});
  }, 60_000);
});

const signal = (pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT'): void =>
  pids.forEach((pid) => process.kill(pid, name));

const childrenOf = async (pid: number): Promise<number[]> => {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return text
    .trim()
    .split(' ')
    .filter((child) => child !== '')
    .map(Number);
};
