import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { start as startConfig } from '@evenkeel/config';
import { ClusterName } from '@evenkeel/contracts';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { addServers, intentChanges, openBook, openWriter } from './append/bench-book.ts';
import { withPostgres } from './bench-postgres.ts';
import type { BenchRow } from './bench-row.ts';
import { median } from './times.ts';

const commits = 100_000;
const readings = 3;
const cluster = ClusterName.parse('bench');

/** A worker that has nothing, from its first question to the newest revision, hashes checked; in a process of its own. */
export const run = (): Promise<BenchRow[]> =>
  withPostgres(async (adminUrl) => {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-bench-'));
    const nats = await startNats({ folder: join(folder, 'nats') });
    try {
      await writeCommits(adminUrl);
      const whole = await readWith(adminUrl, nats, Number.MAX_SAFE_INTEGER);
      const short = await readWith(adminUrl, nats, 1);
      return [
        row('rebuild without a snapshot', whole, 2),
        { name: 'memory of that process (RSS)', value: median(whole.map(({ rss }) => rss)), unit: 'MiB' },
        row('rebuild with a snapshot', short, 0.5),
        { name: 'memory of that process (RSS)', value: median(short.map(({ rss }) => rss)), unit: 'MiB' },
      ];
    } finally {
      await nats.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });

/** Intents of 64 real servers, as many callers at once: what a book is mostly full of. */
const writeCommits = async (adminUrl: string): Promise<void> => {
  const book = await openBook(adminUrl);
  const writer = await openWriter(book);
  const callers = (await addServers(writer)).map(async (server) => {
    const change = intentChanges(writer, server);
    while (writer.state().revision < commits) await change();
  });
  await Promise.all(callers);
  await book.close();
};

type Reading = { readonly seconds: number; readonly rss: number };

/** `config` relays the book and answers; then readers come, one after the other. */
const readWith = async (adminUrl: string, nats: EmbeddedNats, snapshotEvery: number): Promise<Reading[]> => {
  const url = new URL(adminUrl);
  [url.username, url.password] = ['evenkeel_config', 'bench'];
  const bus = { servers: [nats.url], user: nats.user, password: nats.password };
  const stop = await startConfig({ cluster, databaseUrl: url.href, nats: bus, snapshotEvery, reservedPorts: {} });
  try {
    await readOnce(nats); // the relay has carried everything when the first reader has it
    const taken: Reading[] = [];
    for (let reading = 0; reading < readings; reading += 1) taken.push(await readOnce(nats));
    return taken;
  } finally {
    await stop();
  }
};

const readOnce = async ({ url, user, password }: EmbeddedNats): Promise<Reading> => {
  const script = join(import.meta.dirname, 'rebuild-reader.ts');
  const hooks = join(import.meta.dirname, '../../tools/ts-hooks.mjs');
  const env = { ...process.env, NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password, EVENKEEL_CLUSTER: cluster };
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', hooks, script], {
    env,
    timeout: 120_000,
  });
  return JSON.parse(stdout) as Reading;
};

const row = (name: string, taken: readonly Reading[], atMost: number): BenchRow => {
  const value = median(taken.map(({ seconds }) => seconds));
  const target = `at most ${atMost} s`;
  return {
    name: `${name}, ${commits.toLocaleString('en-GB')} commits`,
    value,
    unit: 's',
    target,
    met: value <= atMost,
  };
};
