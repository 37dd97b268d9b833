import { readdir } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** One command on one of HAProxy's sockets, bare. Throws when nobody listens there. */
export const ask = async (path: string, command: string): Promise<string> => {
  const socket = createConnection(path);
  socket.end(`${command}\n`);
  return text(socket);
};

/** The socket of the worker that serves from `folder`. */
export const workerSocket = async (folder: string): Promise<string> => {
  const name = (await readdir(folder)).find((file) => /^worker-.*\.sock$/.test(file));
  if (name === undefined) throw new Error(`no worker socket in ${folder}`);
  return join(folder, name);
};
