import { readdir, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** One command on one of HAProxy's sockets, bare. Throws when nobody listens there. */
export const ask = (path: string, command: string): Promise<string> => text(connect(path).end(`${command}\n`));

/** The socket of the worker that serves from `folder`: after a reload those of earlier ones stay for a moment. */
export const workerSocket = async (folder: string): Promise<string> => {
  const sockets = (await readdir(folder)).filter((name) => /^worker-.*\.sock$/.test(name));
  const paths = sockets.map((name) => join(folder, name));
  const dated = await Promise.all(paths.map(async (path) => ({ path, madeAtMs: await madeAt(path) })));
  const [newest] = dated.toSorted((one, other) => other.madeAtMs - one.madeAtMs);
  if (newest === undefined) throw new Error(`no worker socket in ${folder}`);
  return newest.path;
};

/** One that has just been removed is older than any. */
const madeAt = (path: string): Promise<number> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => -Infinity,
  );

/** What the HAProxy whose files are in `folder` answers on its socket. */
export const askHaproxy = async (folder: string, command: string): Promise<string> =>
  ask(await workerSocket(folder), command);
