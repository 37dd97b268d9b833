// Asks a node for something, and says its answer as a line of JSON: bus-asker-main.ts <server> <node> <question>
import { connectBus, HaChannel } from '@evenkeel/bus';
import { ClusterName, HaQuestion, NodeName } from '@evenkeel/contracts';

const [server = '', node, question = ''] = process.argv.slice(2);
const connection = await connectBus({ servers: [server], name: 'asker' });
const channel = new HaChannel(connection, ClusterName.parse('radiology'));
console.log(JSON.stringify(await channel.ask(NodeName.parse(node), HaQuestion.parse(JSON.parse(question)), 6_000)));
await connection.close();
