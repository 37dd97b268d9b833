import { newId } from '@evenkeel/kernel/system';
import { getPostgreSQLEventStore } from '@event-driven-io/emmett-postgresql';
import pg from 'pg';
import { actor, reason } from './bench-book.ts';

export type EmmettStore = { append(): Promise<void>; close(): Promise<void> };

/** Everything that our commit of one intent holds, as the data of one event. */
const commit = {
  format: 1,
  commitId: newId(),
  time: new Date().toISOString(),
  actor,
  reason,
  events: [{ kind: 'RealServerDrainStarted', realServerId: newId(), clients: 'keep' }],
  entities: [newId(), newId(), 'machine:192.168.86.1'],
  previousHash: '0'.repeat(64),
};

/**
 * Emmett's event store on the same server, in a database of its own, as its documentation sets it up. Appends to one
 * stream and checks the expected version, as we check the end of the log.
 */
export const openEmmett = async (adminUrl: string): Promise<EmmettStore> => {
  await onServer(adminUrl, 'create database emmett');
  const url = new URL(adminUrl);
  url.pathname = 'emmett';
  const store = getPostgreSQLEventStore(url.href);
  await store.schema.migrate();
  let version = 0n;
  return {
    append: async () => {
      const options = version === 0n ? {} : { expectedStreamVersion: version };
      const answer = await store.appendToStream('cluster:bench', [{ type: 'Commit', data: commit }], options);
      version = answer.nextExpectedStreamVersion;
    },
    close: () => store.close(),
  };
};

const onServer = async (url: string, statement: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
};
