import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@evenkeel/embedded';

/** Runs `work` with the Postgres that `npm start` runs: same binary, same settings, durable. Gives an administrator's URL. */
export const withPostgres = async <T>(work: (url: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'evenkeel-bench-'));
  const server = await startPostgres({ folder });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
};
