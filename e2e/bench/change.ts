import { join } from 'node:path';
import { connectBus } from '@evenkeel/bus';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import pg from 'pg';
import { ask, workerSocket } from '../support/ask-haproxy.ts';
import type { BenchRow } from './bench-row.ts';
import { withPostgres } from './bench-postgres.ts';
import { Box } from './box.ts';
import { startReference } from './reference.ts';
import { runtimeChanges } from './runtime-changes.ts';
import { inTurns, median, quantile } from './times.ts';

const turns = { blocks: 10, perBlock: 20 };

/** A runtime-class change, from REST request to seen running, on one node; beside it what each step costs when bare. */
export const run = (): Promise<BenchRow[]> =>
  withPostgres(async (adminUrl) => {
    const box = await Box.start();
    try {
      const reference = await startReference(box);
      const floors = await openFloors(box, adminUrl);
      const [server] = await reference.realServers('DICOM');
      if (server === undefined) throw new Error('DICOM has no real server');
      const deeds = { ...runtimeChanges(box, server), ...floors.deeds };
      const times = await inTurns(turns, deeds);
      await floors.close();
      reference.stop();
      return rowsOf(times);
    } finally {
      await box.stop();
    }
  });

const openFloors = async (box: Box, adminUrl: string) => {
  const postgres = new pg.Client({ connectionString: adminUrl });
  await postgres.connect();
  await postgres.query('create table floor (id int generated always as identity, body text)');
  const { NATS_URL = '', NATS_USER, NATS_PASSWORD } = await box.bus();
  const bus = await connectBus({ servers: [NATS_URL], user: NATS_USER, password: NATS_PASSWORD, name: 'bench' });
  const manager = await jetstreamManager(bus);
  await manager.streams.add({ name: 'FLOOR', subjects: ['floor'] });
  const [stream, body] = [jetstream(bus), 'x'.repeat(900)];
  const socket = await workerSocket(join(box.data, 'proxy', 'haproxy'));
  return {
    deeds: {
      read: () => box.api.get('/nodes'),
      commit: () => postgres.query({ name: 'floor', text: 'insert into floor (body) values ($1)', values: [body] }),
      publish: () => stream.publish('floor', body),
      command: () => ask(socket, 'show info'),
    },
    close: async (): Promise<void> => {
      await postgres.end();
      await bus.close();
    },
  };
};

type Times = Readonly<Record<'weight' | 'intent' | 'read' | 'commit' | 'publish' | 'command', number[]>>;

const rowsOf = (times: Times): BenchRow[] => {
  const floor = median(times.read) + median(times.commit) + median(times.publish) + median(times.command);
  const changed = [...times.weight, ...times.intent];
  const peer = { name: 'sum of the four floors', value: floor };
  const p50 = (name: string, values: readonly number[]): BenchRow => ({ name, value: median(values), unit: 'ms' });
  const [half, most] = [median(changed), quantile(changed, 0.99)];
  return [
    {
      name: 'change seen running, 1 worker, p50',
      value: half,
      unit: 'ms',
      peer,
      ratio: half / floor,
      target: 'at most 5 ms',
      met: half <= 5,
    },
    { name: 'change seen running, 1 worker, p99', value: most, unit: 'ms', target: 'at most 25 ms', met: most <= 25 },
    p50('of these: weight, p50', times.weight),
    p50('of these: drain and online, p50', times.intent),
    p50('floor: one HTTPS GET, p50', times.read),
    p50('floor: one Postgres commit of 900 bytes, p50', times.commit),
    p50('floor: one JetStream publish of 900 bytes, p50', times.publish),
    p50('floor: one Runtime API command, p50', times.command),
  ];
};
