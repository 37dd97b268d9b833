import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** What the HAProxy whose files are in `folder` answers on its socket. */
export const askHaproxy = async (folder: string, command: string): Promise<string> => {
  const [socket = ''] = (await readdir(folder)).filter((name) => /^worker-.*\.sock$/.test(name));
  return text(connect(join(folder, socket)).end(`${command}\n`));
};
