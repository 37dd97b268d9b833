// Accepts connections on every address of this machine: `listener-main.ts <port> <interval in ms>`. SIGUSR2 begins to
// count anew; SIGTERM ends it, and it prints how late each connection came for one that is due every interval.
import { createServer } from 'node:net';
import { quantile } from '../times.ts';
import type { Counted } from './listener.ts';

const [port, intervalMs = NaN] = process.argv.slice(2).map(Number);

/** When connections to each address came. */
let comings = new Map<string, number[]>();

const server = createServer((socket) => {
  const [now, address = ''] = [performance.now(), socket.localAddress];
  socket.on('error', () => undefined).destroy();
  const known = comings.get(address);
  if (known === undefined) comings.set(address, [now]);
  else known.push(now);
}).listen(port, '0.0.0.0', 4_096, () => console.log('listens'));

process.on('SIGUSR2', () => (comings = new Map()));
process.once('SIGTERM', () => {
  server.close();
  const late = [...comings.values()].flatMap(lateOf);
  const counted: Counted = {
    questions: late.length,
    lateP50: quantile(late, 0.5),
    lateP99: quantile(late, 0.99),
    lateMax: quantile(late, 1),
  };
  console.log(JSON.stringify(counted));
});

/** Nobody outside knows when a question was due. The most punctual one of a target tells it for the others. */
const lateOf = (times: readonly number[]): number[] => {
  const places = times.map((time, index) => time - index * intervalMs);
  const earliest = Math.min(...places);
  return places.map((place) => place - earliest);
};
