import { type ClusterSnapshot, type Hash, LogName, type Revision, type SealedCommit } from '@evenkeel/contracts';
import { emptyTail, seal, type Tail, tailAfter } from '@evenkeel/ledger';
import { aLog, commitLogSuite, sealedWords, sha256 } from '@evenkeel/ledger/test';
import { aSnapshot, anActor, commitId } from '@evenkeel/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking, TestPostgres } from '../test/postgres.ts';
import { type CommitLog, type News, openCommitLog } from './index.ts';

let server: TestPostgres;
let urls: Awaited<ReturnType<TestPostgres['database']>>;
const opened: CommitLog[] = [];
const open = async (): Promise<CommitLog> => {
  const log = await openCommitLog(urls.config, { onFailure: () => {} });
  opened.push(log);
  return log;
};

beforeAll(async () => {
  server = await TestPostgres.start();
  urls = await server.database();
}, 60_000);

afterAll(async () => {
  await Promise.all(opened.map((log) => log.close()));
  await server.stop();
}, 60_000);

commitLogSuite('the log in Postgres', async () => {
  urls = await server.database();
  return open();
});

/** Three commits: at eight, at nine by somebody else, and at nine again. */
const written = (): SealedCommit[] => {
  const rows = [
    { time: '2026-03-01T08:00:00.000Z', actor: anActor(), entities: ['a', 'b'] },
    {
      time: '2026-03-01T09:00:00.000Z',
      actor: { ...anActor(), name: 'night shift' },
      entities: ['b', 'odd "one", {\\}'],
    },
    { time: '2026-03-01T09:00:00.000Z', actor: anActor(), entities: ['a'] },
  ];
  let tail: Tail = emptyTail(aLog);
  return rows.map((row, index) => {
    const { events } = sealedWords([`word ${index}`])[0]!.commit;
    const sealed = seal({ commitId: commitId(index + 1), events, ...row }, tail, sha256);
    tail = tailAfter(sealed);
    return sealed;
  });
};

describe('what is searched for', () => {
  let log: CommitLog;
  beforeAll(async () => {
    urls = await server.database();
    log = await open();
    const sealed = written();
    await log.append(emptyTail(aLog), sealed, []);
    await log.append(
      emptyTail(LogName.parse('access')),
      sealedWords(['elsewhere'], emptyTail(LogName.parse('access')), 90),
      [],
    );
  });
  const revisions = async (query: Omit<Parameters<CommitLog['find']>[0], 'log' | 'limit'>, limit = 10) =>
    (await log.find({ log: aLog, limit, ...query })).map(
      ({ body }) => (JSON.parse(body) as { revision: number }).revision,
    );

  it('comes newest first, in pages', async () => {
    await expect(revisions({})).resolves.toEqual([3, 2, 1]);
    await expect(revisions({}, 2)).resolves.toEqual([3, 2]);
    await expect(revisions({ before: 2 as Revision })).resolves.toEqual([1]);
  });

  it('is found by entity, whatever characters its id has', async () => {
    await expect(revisions({ entity: 'b' })).resolves.toEqual([2, 1]);
    await expect(revisions({ entity: 'odd "one", {\\}' })).resolves.toEqual([2]);
    await expect(revisions({ entity: 'odd' })).resolves.toEqual([]);
  });

  it('is found by any of several entities, and above a revision', async () => {
    await expect(revisions({ anyEntity: ['odd "one", {\\}', 'nothing'] })).resolves.toEqual([2]);
    await expect(revisions({ anyEntity: ['a', 'b'], after: 1 as Revision })).resolves.toEqual([3, 2]);
    await expect(revisions({ anyEntity: [] })).resolves.toEqual([]);
  });

  it('is found by who did it, and by when, both ends included', async () => {
    await expect(revisions({ actor: 'night shift' })).resolves.toEqual([2]);
    await expect(revisions({ from: '2026-03-01T08:00:00.001Z' })).resolves.toEqual([3, 2]);
    await expect(revisions({ to: '2026-03-01T08:00:00.000Z' })).resolves.toEqual([1]);
    await expect(revisions({ entity: 'a', from: '2026-03-01T09:00:00.000Z', actor: anActor().name })).resolves.toEqual([
      3,
    ]);
  });

  it('includes the newest revision at a time', async () => {
    await expect(log.revisionAt(aLog, '2026-03-01T07:59:59.999Z')).resolves.toBe(0);
    await expect(log.revisionAt(aLog, '2026-03-01T08:59:59.999Z')).resolves.toBe(1);
    await expect(log.revisionAt(aLog, '2026-03-01T09:00:00.000Z')).resolves.toBe(3);
  });

  it('can be read on, as commits', async () => {
    await expect(log.readAfter(aLog, 1 as Revision, 5)).resolves.toEqual(written().slice(1));
  });
});

describe('what is kept beside the commits', () => {
  let log: CommitLog;
  beforeAll(async () => {
    urls = await server.database();
    log = await open();
  });

  it('gives the newest snapshot, or the newest up to a revision', async () => {
    const at = (revision: number): ClusterSnapshot => aSnapshot([], [], { revision: revision as Revision });
    await expect(log.latestSnapshot(aLog)).resolves.toBeUndefined();
    for (const revision of [1_000, 3_000, 2_000]) await log.saveSnapshot(aLog, at(revision));
    await log.saveSnapshot(aLog, at(3_000)); // safe to repeat
    await expect(log.latestSnapshot(aLog)).resolves.toEqual(at(3_000));
    await expect(log.latestSnapshot(aLog, 2_999 as Revision)).resolves.toEqual(at(2_000));
    await expect(log.latestSnapshot(aLog, 999 as Revision)).resolves.toBeUndefined();
    await expect(log.latestSnapshot(LogName.parse('access'))).resolves.toBeUndefined();
  });

  it('leaves a snapshot in an unknown format alone', async () => {
    await asking(urls.config, `insert into evenkeel.snapshot values ($1, 9000, 2, 'from a later version')`, [aLog]);
    await expect(log.latestSnapshot(aLog)).resolves.toMatchObject({ revision: 3_000 });
  });

  it('knows tokens by their id', async () => {
    const token = {
      id: '4f00',
      secretHash: sha256('secret') as Hash,
      name: 'administrator',
      role: 'admin' as const,
      createdAt: '2026-03-01T08:00:00.000Z',
    };
    await expect(log.hasTokens()).resolves.toBe(false);
    await log.insertToken(token);
    await expect(log.hasTokens()).resolves.toBe(true);
    await expect(log.readToken('4f00')).resolves.toEqual(token);
    await expect(log.readToken('4f01')).resolves.toBeUndefined();
    await expect(log.insertToken(token)).rejects.toThrow('duplicate key');
  });

  it('forgets old answers on demand, and no others', async () => {
    const answer = { actor: 'admin', key: 'k', contentHash: sha256('') as Hash, answer: '{}' };
    await log.append(emptyTail(aLog), [], [answer]);
    await expect(log.forgetAnswers(new Date(Date.now() - 60_000))).resolves.toBe(0);
    await expect(log.findAnswer(aLog, answer)).resolves.toEqual(answer);
    await expect(log.forgetAnswers(new Date(Date.now() + 60_000))).resolves.toBe(1);
    await expect(log.findAnswer(aLog, answer)).resolves.toBeUndefined();
  });
});

describe('followers', () => {
  it('hear of every append in another process, and again after their connection was cut', async () => {
    urls = await server.database();
    const [log, other] = [await open(), await open()];
    const news: News[] = [];
    let heard = Promise.withResolvers<void>();
    const stop = log.follow((one) => {
      news.push(one);
      heard.resolve();
    });
    const next = async (): Promise<News | undefined> => {
      await heard.promise;
      heard = Promise.withResolvers<void>();
      return news.shift();
    };
    try {
      await expect(next()).resolves.toBe('connected');
      const first = sealedWords(['one', 'two']);
      await other.append(emptyTail(aLog), first, []);
      await expect(next()).resolves.toEqual({ log: aLog, revision: 2 });
      await asking(urls.reader, `notify evenkeel_commit, 'gossip'`); // must neither be news nor a crash
      await asking(
        urls.admin,
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'evenkeel follow'`,
      );
      await expect(next()).resolves.toBe('disconnected');
      await expect(next()).resolves.toBe('connected');
      await other.append(tailAfter(first[1]!), sealedWords(['three'], tailAfter(first[1]!), 3), []);
      await expect(next()).resolves.toEqual({ log: aLog, revision: 3 });
    } finally {
      stop();
    }
  });
});
