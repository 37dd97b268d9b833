import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Socket } from 'node:net';

export type LoopbackServer = { readonly port: number; readonly stop: () => Promise<void> };

/** A TCP server on a free port that does to each connection what it is told. */
export const serveTcp = async (serve: (socket: Socket) => void, address = '127.0.0.1'): Promise<LoopbackServer> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
    serve(socket);
  }).listen(0, address);
  await once(server, 'listening');
  const stop = async (): Promise<void> => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, stop };
};

/** The same for UDP: `answer` is called for each datagram. */
export const serveUdp = async (
  answer: (packet: Buffer, from: RemoteInfo, socket: UdpSocket) => void,
  address = '127.0.0.1',
): Promise<LoopbackServer> => {
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4', (packet, from) => answer(packet, from, socket));
  socket.on('error', () => undefined);
  socket.bind(0, address);
  await once(socket, 'listening');
  const stop = async (): Promise<void> => {
    socket.close();
    await once(socket, 'close');
  };
  return { port: socket.address().port, stop };
};
