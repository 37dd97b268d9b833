// One Postgres with the schema of the book: `postgres-main.ts <folder> <port>`. Ends when Postgres does; `SIGTERM` ends both.
import { migrate } from '@evenkeel/commit-log';
import { startPostgres } from '@evenkeel/embedded';

const [folder = '', port] = process.argv.slice(2);
const server = await startPostgres({ folder, port: Number(port) });
process.once('SIGTERM', () => void server.stop());
void server.exited.then(({ wasAsked }) => process.exit(wasAsked ? 0 : 1));
await migrate(server.url, { config: 'config', reader: 'reader' });
console.log('ready');
