import { emptyTail } from '@evenkeel/ledger';
import { aLog, sealedWords } from '@evenkeel/ledger/test';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { asking, passwords, TestPostgres } from '../../test/postgres.ts';
import { migrate, NotDurable, openCommitLog, RolesMissing, WrongSchema } from '../index.ts';

let server: TestPostgres;
let urls: Awaited<ReturnType<TestPostgres['database']>>;
const open = (url: string) => openCommitLog(url, { onFailure: () => {} });

beforeAll(async () => {
  server = await TestPostgres.start();
  urls = await server.database();
  const log = await open(urls.config);
  await log.append(emptyTail(aLog), sealedWords(['one', 'two']), []);
  await log.close();
}, 60_000);

afterAll(() => server.stop(), 60_000);

describe('commits are only ever inserted', () => {
  const changes = [
    `update evenkeel.commit set body = '{}' where revision = 1`,
    `update evenkeel.commit set body = '{}' where false`,
    `delete from evenkeel.commit where revision = 2`,
    `truncate evenkeel.commit`,
  ];

  it.each(changes)('the superuser is refused by a trigger: %s', async (change) => {
    await expect(asking(urls.admin, change)).rejects.toThrow('commits are only ever inserted');
  });

  it.each(changes)('the owner is refused by a trigger: %s', async (change) => {
    const owner = `${urls.admin}?options=${encodeURIComponent('-c role=evenkeel_owner')}`;
    await expect(asking(owner, change)).rejects.toThrow('commits are only ever inserted');
  });

  it.each(changes)('a session that calls itself a replica is refused as well: %s', async (change) => {
    const replica = `${urls.admin}?options=${encodeURIComponent('-c session_replication_role=replica')}`;
    await expect(asking(replica, change)).rejects.toThrow('commits are only ever inserted');
  });

  it.each(['config', 'reader'] as const)('the role %s may not even try', async (role) => {
    for (const change of changes) await expect(asking(urls[role], change)).rejects.toThrow('permission denied');
  });

  it('nothing of all that changed a commit', async () => {
    const rows = await asking(urls.reader, 'select revision, body from evenkeel.commit order by revision');
    expect(rows.map((row) => (row as { body: string }).body)).toEqual(
      sealedWords(['one', 'two']).map(({ body }) => body),
    );
  });
});

describe('each role can do its list and nothing more', () => {
  const privileges = async (role: string): Promise<Record<string, string>> => {
    const rows = await asking(
      urls.admin,
      `select table_name, string_agg(privilege_type, ' ' order by privilege_type) as may
       from information_schema.role_table_grants where table_schema = 'evenkeel' and grantee = $1 group by table_name`,
      [role],
    );
    return Object.fromEntries((rows as { table_name: string; may: string }[]).map((row) => [row.table_name, row.may]));
  };

  it('config', async () => {
    await expect(privileges('evenkeel_config')).resolves.toEqual({
      answer: 'DELETE INSERT SELECT',
      certificate_material: 'INSERT SELECT',
      commit: 'INSERT SELECT',
      credential: 'INSERT SELECT',
      kysely_migration: 'SELECT',
      log_head: 'INSERT SELECT UPDATE',
      snapshot: 'INSERT SELECT',
    });
  });

  it('reader, which sees no credentials', async () => {
    const readable = { commit: 'SELECT', kysely_migration: 'SELECT', log_head: 'SELECT', snapshot: 'SELECT' };
    await expect(privileges('evenkeel_reader')).resolves.toEqual(readable);
    await expect(asking(urls.reader, 'select * from evenkeel.credential')).rejects.toThrow('permission denied');
  });

  it('nobody else: the owner cannot log in, config cannot make tables', async () => {
    await expect(asking(server.url('evenkeel_owner', ''), 'select 1')).rejects.toThrow();
    await expect(asking(urls.config, 'create table evenkeel.mine (id int)')).rejects.toThrow('permission denied');
    await expect(asking(urls.config, 'set role evenkeel_owner')).rejects.toThrow('permission denied');
  });
});

describe('migrating', () => {
  it('does its steps once, also when two start at once', async () => {
    const empty = await server.emptyDatabase();
    const done = await Promise.all([migrate(empty, passwords), migrate(empty, passwords)]);
    expect(done.flat()).toEqual(['0001_book', '0002_certificates']);
    await expect(migrate(empty, passwords)).resolves.toEqual([]);
  });

  it('sets the passwords that it is given', async () => {
    await migrate(urls.admin, { ...passwords, reader: "it's new" });
    const database = new URL(urls.admin).pathname.slice(1);
    await expect(asking(urls.reader, 'select 1')).rejects.toThrow('password authentication failed');
    await expect(
      asking(server.url('evenkeel_reader', encodeURIComponent("it's new"), database), 'select 1'),
    ).resolves.toHaveLength(1);
    await migrate(urls.admin, passwords);
  });

  it('works for somebody who is no superuser, owns the database and may create roles', async () => {
    const plain = await TestPostgres.start();
    try {
      await asking(plain.url(), `create role dba login createrole password 'dba'`);
      await asking(plain.url(), 'create database site owner dba');
      const dba = plain.url('dba', 'dba', 'site');
      await expect(migrate(dba, passwords)).resolves.toEqual(['0001_book', '0002_certificates']);
      await expect(migrate(dba, passwords)).resolves.toEqual([]);
      const log = await open(plain.url('evenkeel_config', passwords.config, 'site'));
      await expect(log.head(aLog)).resolves.toEqual(emptyTail(aLog));
      await log.close();
    } finally {
      await plain.stop();
    }
  }, 60_000);

  it('works for somebody who may not create roles when they are there, and says what to do when they are not', async () => {
    await asking(server.url(), `create role clerk login password 'clerk'`);
    await asking(server.url(), 'create database clerks owner clerk');
    await asking(server.url(), 'grant evenkeel_owner to clerk');
    const clerk = server.url('clerk', 'clerk', 'clerks');
    await expect(migrate(clerk, passwords)).resolves.toEqual(['0001_book', '0002_certificates']);

    const bare = await TestPostgres.start();
    try {
      await asking(bare.url(), `create role clerk login password 'clerk'`);
      await asking(bare.url(), 'create database clerks owner clerk');
      const lost = migrate(bare.url('clerk', 'clerk', 'clerks'), passwords);
      await expect(lost).rejects.toThrow(RolesMissing);
      await expect(lost).rejects.toThrow('evenkeel_owner, evenkeel_config, evenkeel_reader');
    } finally {
      await bare.stop();
    }
  }, 60_000);
});

describe('opening the book', () => {
  it('is refused on an empty database, with the command that mends it', async () => {
    const opening = open(await server.emptyDatabase());
    await expect(opening).rejects.toThrow(WrongSchema);
    await expect(opening).rejects.toThrow('npm run migrate');
  });

  it('is refused on a schema that a newer version made', async () => {
    const { admin, config } = await server.database();
    await asking(admin, `insert into evenkeel.kysely_migration (name, timestamp) values ('0099_later', '')`);
    await expect(open(config)).rejects.toThrow('migrated by a newer version (0099_later)');
  });

  it('is refused on a server that may lose what it acknowledged', async () => {
    const { admin, config } = await server.database();
    await asking(
      admin,
      `alter role evenkeel_config in database ${new URL(admin).pathname.slice(1)} set synchronous_commit = off`,
    );
    await expect(open(config)).rejects.toThrow(NotDurable);
  });
});
