import { readFile } from 'node:fs/promises';
import { setTimeout as rest } from 'node:timers/promises';
import type { NodeResource, Overview } from '@evenkeel/contracts';
import { describeNeeding, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, machines } from './hospital.ts';

describeNeeding(describe, ...hospitalNeeds)('while nobody tells the node how its real servers are', () => {
  let hospital: Hospital;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  const node = async (): Promise<NodeResource> => (await hospital.api.get<NodeResource>('/nodes/lb-a')).body;

  it('takes out a machine that nobody can reach by itself, and does not try it again when it is told again', async () => {
    const { headers } = await hospital.page();
    const cookie = headers.get('set-cookie')?.split(';')[0] ?? '';
    const home = machines.find(({ label }) => label === headers.get('x-server')?.trim()) ?? machines[0];
    const host = hospital.lab.host(home.host);
    const nats = await descendantNamed('nats-server', hospital.node.process.pid);
    /**
     * Whether whoever holds the machine's cookie gets a page from another one, and at once: HAProxy waits a second before
     * it turns from a server that it believes to be there.
     */
    const isServedElsewhere = async (): Promise<boolean> => {
      const askedMs = performance.now();
      const { status, headers: answered } = await hospital.page(cookie);
      const isPrompt = performance.now() - askedMs < 1_000;
      return isPrompt && status === 200 && answered.get('x-server')?.trim() !== home.label;
    };

    process.kill(nats, 'SIGSTOP'); // no verdict and no sign of life comes through, nor does anything notice a lost connection
    try {
      await host.linkDown();
      expect(await isServedElsewhere()).toBe(false);
      await until('the machine is out of use', always(isServedElsewhere), { withinMs: 45_000 });
    } finally {
      process.kill(nats, 'SIGCONT');
    }

    const deadline = performance.now() + 90_000;
    for (let isTold = false; !isTold; await rest(100)) {
      expect(await isServedElsewhere()).toBe(true);
      const ruling = (await node()).verdicts?.by;
      const rows = await rowsOf(home.label);
      isTold =
        ruling === 'health' && rows.every(({ verdict, reason }) => verdict === 'down' && reason !== 'verdict-stale');
      expect(performance.now()).toBeLessThan(deadline);
    }
    expect(await always(isServedElsewhere)()).toBe(true);

    await host.linkUp();
    await hospital.allAre('up');
    expect((await hospital.page(cookie)).headers.get('x-server')?.trim()).toBe(home.label);
  }, 240_000);

  const rowsOf = async (label: string) => {
    const { services } = (await hospital.api.get<Overview>('/overview')).body;
    return services.flatMap(({ realServers }) => realServers).filter((row) => row.label === label);
  };
});

/** Not only by chance: many times in a row. */
const always = (isSo: () => Promise<boolean>) => async (): Promise<boolean> => {
  for (let look = 0; look < 8; look += 1) if (!(await isSo())) return false;
  return true;
};

/** Process id of the first one found; throws when there is none. */
const descendantNamed = async (name: string, root: number): Promise<number> => {
  for (const pids = [root]; ;) {
    const pid = pids.shift();
    if (pid === undefined) throw new Error(`no ${name} below process ${root}`);
    if ((await readFile(`/proc/${pid}/comm`, 'utf8')).trim() === name) return pid;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
    pids.push(...children.split(' ').filter(Boolean).map(Number));
  }
};
