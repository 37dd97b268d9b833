import { connectBus, Journal } from '@evenkeel/bus';
import { ClusterName, NodeName, type JournalNews } from '@evenkeel/contracts';
import { JournalOutbox } from '@evenkeel/data-plane';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { SystemClock } from '@evenkeel/kernel/system';
import { makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { BusLink } from './bus-link.ts';
import { ProxySettings } from './settings.ts';

const withinMs = 20_000;
const clock = new SystemClock();
const node = NodeName.parse('lb-a');

let folder: TempFolder;
let nats: EmbeddedNats;
beforeAll(async () => {
  folder = await makeTempFolder('journal-spec');
  nats = await startNats({ folder: folder.path });
});
afterAll(async () => {
  await nats.stop();
  await folder.remove();
});

const news = (sentence: string): JournalNews => ({
  kind: 'haproxy-restarted',
  sentence,
  entities: [],
  downMs: 1,
  failedStarts: 0,
});

it('what a node has to say while NATS is dead is kept, and in the journal later, each with its own time', async () => {
  const { url, user, password } = nats;
  const settings = ProxySettings.parse({ node, nats: { servers: [url], user, password } });
  const bus = new BusLink(settings);
  const outbox = new JournalOutbox({ node, run: 'spec' }, clock);
  const send = async (): Promise<boolean> => {
    const journal = bus.journal();
    if (journal === undefined) return false;
    return outbox.sendAll(journal).then(
      () => true,
      () => false,
    );
  };
  outbox.note(news('before'));
  await until('the first is sent', send, { withinMs });

  await nats.kill();
  await until('the loss is noticed', () => Promise.resolve(bus.journal() === undefined), { withinMs });
  outbox.note(news('while NATS is dead'));
  const notedAtMs = clock.nowMs();
  expect(await send()).toBe(false);
  await clock.rest(300).over; // it lasts
  nats = await startNats({ folder: folder.path });
  await until('the rest is sent', send, { withinMs });

  const reader = await connectBus({ servers: [url], user, password, name: 'reader' });
  const { entries } = await new Journal(reader, ClusterName.parse('radiology')).find(() => true, 10);
  expect(entries.map(({ sentence }) => sentence)).toEqual(['while NATS is dead', 'before']);
  expect(Date.parse(entries[0]?.time ?? '')).toBeLessThanOrEqual(notedAtMs);
  await reader.close();
  bus.close();
}, 90_000);
