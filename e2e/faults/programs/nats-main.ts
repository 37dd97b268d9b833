// One NATS server: `nats-main.ts <folder> <port>`. Ends when it does; `SIGTERM` ends both.
import { startNats } from '@evenkeel/embedded';

const [folder = '', port] = process.argv.slice(2);
const server = await startNats({ folder, port: Number(port) });
process.once('SIGTERM', () => void server.stop());
void server.exited.then(({ wasAsked }) => process.exit(wasAsked ? 0 : 1));
console.log('ready');
