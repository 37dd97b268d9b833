// Says, as a line of JSON, what nodes say of themselves now and what they have written into the journal: bus-reader-main.ts <server>
import { setTimeout as rest } from 'node:timers/promises';
import { connectBus, HaChannel, Journal } from '@evenkeel/bus';
import { ClusterName, type HaStatus, type NodeName } from '@evenkeel/contracts';

/** Those that are there answer at once. */
const listenMs = 1_200;
const cluster = ClusterName.parse('radiology');
const connection = await connectBus({ servers: [process.argv[2] ?? ''], name: 'reader' });
const statuses = new Map<NodeName, HaStatus>();
const channel = new HaChannel(connection, cluster);
channel.onStatus((status) => statuses.set(status.node, status));
channel.askForStatus();
await rest(listenMs);
const { entries } = await new Journal(connection, cluster).find(() => true, 100);
console.log(JSON.stringify({ statuses: [...statuses.values()], journal: entries.toReversed() }));
await connection.close();
