// A process to be killed: starts the named server in the named folder, says so in one line of JSON, and waits.
// With `then-exit` it ends without stopping its server, as a program with an uncaught error does.
import { startNats, startPostgres } from '../src/index.ts';

const [kind, folder, thenExit] = process.argv.slice(2) as [string, string, string | undefined];
const start = kind === 'nats' ? startNats : startPostgres;
const { pid, port } = await start({ folder });
console.log(JSON.stringify({ pid, port }));
if (thenExit !== undefined) process.exit(0);
