import { connect, createServer, type Socket } from 'node:net';
import { type Route } from './relay.ts';

const routes = JSON.parse(process.argv[2] ?? '[]') as readonly Route[];

const pass = (from: Socket, to: Socket): void => {
  from.pipe(to); // ends `to` when `from` has said all, so half-closed connections stay half closed
  from.on('error', () => to.destroy());
  from.on('close', () => to.destroySoon());
};

for (const { address, port, toPort } of routes) {
  const relay = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const server = connect({ host: '127.0.0.1', port: toPort, allowHalfOpen: true, noDelay: true });
    // The nearest thing to the refused connection that the client would have seen.
    server.once('error', () => client.resetAndDestroy());
    pass(client, server);
    pass(server, client);
  });
  relay.listen(port, address);
}
