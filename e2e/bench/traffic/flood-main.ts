// A plain TCP tool. `serve <port>`: sends zeros to everybody for as long as they read.
// `fetch <address> <port> <seconds> <connections>`: reads as fast as it can, and prints MiB per second.
import { connect, createServer, type Socket } from 'node:net';

const block = Buffer.alloc(1 << 20);

const serve = (port: number): void => {
  createServer((socket) => {
    const send = (): void => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.on('drain', send).on('error', () => socket.destroy());
    send();
  }).listen(port);
};

const fetch = (address: string, port: number, seconds: number, connections: number): void => {
  let bytes = 0;
  const callback = (count: number): boolean => {
    bytes += count;
    return true;
  };
  const open = (): Socket => {
    const socket = connect({ host: address, port, onread: { buffer: Buffer.alloc(1 << 20), callback } });
    return socket.on('error', (failure) => {
      console.error(failure.message);
      process.exit(1);
    });
  };
  const sockets = Array.from({ length: connections }, open);
  const startMs = performance.now();
  setTimeout(() => {
    console.log(bytes / 2 ** 20 / ((performance.now() - startMs) / 1_000));
    sockets.forEach((socket) => socket.destroy());
  }, seconds * 1_000);
};

const [what, ...args] = process.argv.slice(2);
if (what === 'serve') serve(Number(args[0]));
else fetch(args[0] ?? '', Number(args[1]), Number(args[2]), Number(args[3]));
