// Deletes one JetStream stream and waits until somebody has made it again: `delete-stream-main.ts <stream>`, the bus as in
// every service's environment.
import { connectBus } from '@evenkeel/bus';
import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as rest } from 'node:timers/promises';

const [stream = ''] = process.argv.slice(2);
const { NATS_URL = '', NATS_USER, NATS_PASSWORD } = process.env;
const connection = await connectBus({ servers: [NATS_URL], user: NATS_USER, password: NATS_PASSWORD, name: 'faults' });
const { streams } = await jetstreamManager(connection);
await streams.delete(stream);

const isThere = (): Promise<boolean> =>
  streams.info(stream).then(
    () => true,
    () => false,
  );
const deadlineMs = performance.now() + 60_000;
while (!(await isThere())) {
  if (performance.now() > deadlineMs) throw new Error(`nobody has made ${stream} again`);
  await rest(50);
}
await connection.close();
