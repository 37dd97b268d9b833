import { join } from 'node:path';
import type { JournalEntry, JournalKind, JournalPage, NodeResource } from '@evenkeel/contracts';
import { describeNeeding, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { askHaproxy } from '../support/ask-haproxy.ts';
import { Hospital, hospitalNeeds, machines } from './hospital.ts';

// Somebody else has root on the node, and means well. The node looks at everything every ten seconds.

const withinMs = 40_000;

describeNeeding(
  describe,
  ...hospitalNeeds,
  'nft',
)('what somebody else does to a node', () => {
  let hospital: Hospital;
  let lastSeen = 0;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  /** The newest entry of this kind that was not seen here before. */
  const told = async <Kind extends JournalKind>(kind: Kind): Promise<Extract<JournalEntry, { kind: Kind }>> => {
    let found: JournalEntry | undefined;
    const look = async (): Promise<boolean> => {
      const { body } = await hospital.api.get<JournalPage>(`/journal?kind=${kind}&node=lb-a&limit=1`);
      found = body.items.find(({ sequence }) => sequence > lastSeen);
      return found !== undefined;
    };
    await until(`${kind} is in the journal`, look, { withinMs });
    lastSeen = found?.sequence ?? lastSeen;
    return found as Extract<JournalEntry, { kind: Kind }>;
  };
  const asking = (command: string): Promise<string> =>
    askHaproxy(join(hospital.data.path, 'node', 'proxy', 'haproxy'), command);

  it('an edit through the socket of HAProxy is put right, in the journal, and told to who listens', async () => {
    const listening = hospital.api.listen('/events?kinds=journal', withinMs);
    const line = (await asking('show servers state')).split('\n').find((one) => one.includes(machines[0].address));
    const [, service = '', , server = ''] = line?.split(' ') ?? [];
    await asking(`set server ${service}/${server} weight 1`);
    const entry = await told('drift-repaired');
    expect(entry).toMatchObject({
      engine: 'haproxy',
      found: [`${service}/${server} has weight 1`],
      done: 'runtime',
      left: [],
    });
    expect(await asking(`get weight ${service}/${server}`)).toMatch(/^100 /);
    // Found again by whom it is about.
    const about = await hospital.api.get<JournalPage>(`/journal?entity=${entry.entities[1]}`);
    expect(about.body.items.map(({ sequence }) => sequence)).toContain(entry.sequence);
    await until('the listener has it', () => Promise.resolve(listening.lastWords.includes(`"id":"${entry.id}"`)), {
      withinMs,
    });
    listening.kill('SIGTERM');
  }, 90_000);

  it('a HAProxy that is killed serves again, and the journal says for how long it did not', async () => {
    const { haproxy } = (await hospital.api.get<NodeResource>('/nodes/lb-a')).body;
    process.kill(haproxy?.pid ?? Number.NaN, 'SIGKILL');
    expect(await told('haproxy-restarted')).toMatchObject({ failedStarts: 0, downMs: expect.any(Number) });
    await until('the page is served', async () => (await hospital.page()).status === 200, { withinMs });
  }, 90_000);

  it('a table of the kernel that was flushed is filled again', async () => {
    const node = hospital.lab.host('node');
    const rules = async () =>
      (await node.run('nft', ['list', 'table', 'ip', 'evenkeel'])).stdout.match(/dnat to/g)?.length;
    const before = await rules();
    await node.run('nft', ['flush', 'table', 'ip', 'evenkeel']);
    expect(await told('drift-repaired')).toMatchObject({ engine: 'nftables', done: 'runtime', left: [] });
    expect(before).toBeGreaterThan(0);
    expect(await rules()).toBe(before);
  }, 90_000);
});
