import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, isIPv6 } from 'node:net';

// A server that says its name to whoever asks, by UDP and TCP: answerer-main.ts <name> <address> <port>...
const [name = '', address = '', ...ports] = process.argv.slice(2);

for (const port of ports.map(Number)) {
  const udp = createSocket(isIPv6(address) ? 'udp6' : 'udp4', (_, { port: to, address: from }) =>
    udp.send(`${name} ${from}`, to, from),
  );
  udp.bind(port, address);
  // It answers each message of a connection, so that one can tell whether an old connection still lives.
  const tcp = createServer((socket) => {
    socket.on('data', () => socket.write(`${name} ${socket.remoteAddress}`)).on('error', () => socket.destroy());
  }).listen(port, address);
  await Promise.all([once(udp, 'listening'), once(tcp, 'listening')]);
}
console.log('ready');
