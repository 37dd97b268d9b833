import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** No port from here on is free for good: the kernel gives them to outgoing connections (`ip_local_port_range`). */
const firstEphemeralPort = 32_768;
const firstPort = 10_000;

const given = new Set<number>();

/**
 * A TCP port that nobody listens on at `address`, with 0.0.0.0 at any address of this machine; never the same twice in
 * one process. Another program may still take it before its user does. Throws when a hundred ports in a row are taken.
 *
 * Listening on port 0 would find one too, but among the ephemeral ports, where any client of a busy machine may have it
 * by the time a slow server wants it.
 */
export const freePort = async (address = '127.0.0.1'): Promise<number> => {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(firstPort, firstEphemeralPort);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port, address)) return port;
  }
  throw new Error(`no free TCP port found at ${address}`);
};

const isFree = async (port: number, address: string): Promise<boolean> => {
  const server = createServer().listen(port, address);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
};
