// Asks the segment who has an address, every five milliseconds, until it is ended: witness-main.ts <card> <address>
// Says at SIGUSR2, as a line of JSON, what it has seen since the last time.
import { broadcastMac, decodeArp, encodeArp, NetworkCard, noMac, PacketSocket } from '@evenkeel/addresses';
import { scheduleFirst } from '../src/realtime.ts';

scheduleFirst(); // what it says of others must not come from its own being late
const askMs = 5;
const [name = '', address = ''] = process.argv.slice(2);
const { mac, addresses } = await new NetworkCard(name).look();
const socket = new PacketSocket(name);
const senderAddress = addresses[0] ?? '';
const question = encodeArp(
  { operation: 'request', senderMac: mac, senderAddress, targetMac: noMac, targetAddress: address },
  broadcastMac,
);

/** Who answered what was asked last. */
let answering = new Set<string>();
let answeredAt: number | undefined;
/** `answered`: the machines, one after the other; `twice`: questions that two of them answered. */
const seen = { answered: [] as string[], longestGapMs: 0, twice: 0 };

const look = (): void => {
  const now = performance.now();
  for (const bytes of socket.receive()) {
    const frame = decodeArp(bytes);
    if (frame?.operation !== 'reply' || frame.senderAddress !== address || frame.targetMac !== mac) continue;
    answering.add(frame.senderMac);
    if (seen.answered.at(-1) !== frame.senderMac) seen.answered.push(frame.senderMac);
    if (answeredAt !== undefined) seen.longestGapMs = Math.max(seen.longestGapMs, now - answeredAt);
    answeredAt = now;
  }
  if (answering.size > 1) seen.twice += 1;
  answering = new Set();
  socket.send(question);
};

setInterval(look, askMs);
let reports = 0;
process.on('SIGUSR2', () => {
  reports += 1; // so that no two lines are alike
  console.log(JSON.stringify({ reports, ...seen }));
  Object.assign(seen, { answered: seen.answered.slice(-1), longestGapMs: 0, twice: 0 });
});
console.log('ready');
