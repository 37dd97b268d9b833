// A client that sends a datagram to an address every five milliseconds: asker-main.ts <address> <port>
// Says at SIGUSR2, as a line of JSON, what it has seen since the last time.
import { createSocket } from 'node:dgram';
import { scheduleFirst } from '@evenkeel/ha';

scheduleFirst(20); // ahead of the agents: its own being late would look like a gap
const askMs = 5;
const [address = '', port = ''] = process.argv.slice(2);
const socket = createSocket('udp4');

/** `by`: who answered last. `lateMs`: by how much this program itself has been late at most. */
const seen = { by: '', longestGapMs: 0, lateMs: 0 };
let [answeredAt, askedAt] = [performance.now(), performance.now()];

socket.on('error', () => undefined);
socket.on('message', (message) => {
  const now = performance.now();
  seen.by = message.toString();
  seen.longestGapMs = Math.max(seen.longestGapMs, now - answeredAt);
  answeredAt = now;
});
setInterval(() => {
  const now = performance.now();
  seen.lateMs = Math.max(seen.lateMs, now - askedAt - askMs);
  askedAt = now;
  socket.send('?', Number(port), address, () => undefined);
}, askMs);

let reports = 0;
process.on('SIGUSR2', () => {
  reports += 1; // so that no two lines are alike
  console.log(JSON.stringify({ reports, ...seen }));
  Object.assign(seen, { longestGapMs: 0, lateMs: 0 });
});
console.log('ready');
