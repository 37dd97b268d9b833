import type { Revision } from '@evenkeel/contracts';
import { SystemClock } from '@evenkeel/kernel/system';
import { emptyTail, verifyChain } from '@evenkeel/ledger';
import { aLog, aWriter, sha256, wish, wordsIn, type WordWriter } from '@evenkeel/ledger/test';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking, TestPostgres } from '../test/postgres.ts';
import { type CommitLog, openCommitLog } from './index.ts';

let server: TestPostgres;
const opened: CommitLog[] = [];

beforeAll(async () => {
  server = await TestPostgres.start();
}, 60_000);

afterAll(async () => {
  await Promise.all(opened.map((log) => log.close()));
  await server.stop();
}, 60_000);

/** Writers of one log, each with connections of its own, as in processes of their own. */
const writersOnOneLog = async (count: number) => {
  const urls = await server.database();
  const logs = await Promise.all(
    Array.from({ length: count }, () => openCommitLog(urls.config, { onFailure: () => {} })),
  );
  opened.push(...logs);
  const writers = logs.map((log, index) =>
    aWriter(log, new SystemClock(), { writer: index + 1, lostRacesMax: 10_000 }),
  );
  return { urls, log: logs[0]!, writers };
};

/** Says words one after the other; answers their revisions. */
const sayAll = async (writer: WordWriter, caller: string, count: number): Promise<number[]> => {
  const revisions: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const answer = await writer.submit(wish('repeat', `${caller} ${number}`));
    if (answer.ok) revisions.push(answer.value.revision);
  }
  return revisions;
};

const readAll = (log: CommitLog) => log.readAfter(aLog, 0 as Revision, 10_000);

describe('writers of one log in Postgres', () => {
  it('race for the same log: one total order, nothing lost, nothing twice, an unbroken chain', async () => {
    const { log, writers } = await writersOnOneLog(2);
    const callers = writers.flatMap((writer, each) =>
      ['a', 'b', 'c', 'd'].map((name) => ({ writer, name: `${each}${name}` })),
    );
    const revisions = await Promise.all(callers.map(({ writer, name }) => sayAll(writer, name, 25)));

    const sealed = await readAll(log);
    const words = sealed.flatMap(({ commit }) => wordsIn(commit));
    expect(verifyChain(sealed, emptyTail(aLog), sha256).ok).toBe(true);
    expect(words).toHaveLength(200);
    callers.forEach(({ name }, index) => {
      const own = revisions[index]!;
      expect(own.map((revision) => words[revision - 1])).toEqual(
        Array.from({ length: 25 }, (_, number) => `${name} ${number}`),
      );
      expect(own).toEqual(own.toSorted((a, b) => a - b));
    });
    await Promise.all(writers.map((writer) => writer.catchUp()));
    for (const writer of writers) expect(writer.state().said).toEqual(words);
  });

  it('give the same commit for the same key, when all are asked at once', async () => {
    const { log, writers } = await writersOnOneLog(4);
    const answers = await Promise.all(
      [...writers, ...writers].map((writer) => writer.submit(wish('repeat', 'once', { idempotencyKey: 'key' }))),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await expect(readAll(log)).resolves.toHaveLength(1);
  });

  it('keep going when the server cuts their connections', async () => {
    const { urls, log, writers } = await writersOnOneLog(1);
    const saying = sayAll(writers[0]!, 'steady', 200);
    for (let cut = 0; cut < 10; cut += 1) {
      await asking(
        urls.admin,
        `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'evenkeel_config'`,
      );
    }
    await expect(saying).resolves.toHaveLength(200);
    const words = (await readAll(log)).flatMap(({ commit }) => wordsIn(commit));
    expect(words).toEqual(Array.from({ length: 200 }, (_, number) => `steady ${number}`));
  });
});
