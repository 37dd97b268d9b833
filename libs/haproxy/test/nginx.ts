import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort, makeTempFolder, until } from '@evenkeel/testing/lab';

export type Nginx = { readonly port: number; stop(): Promise<void> };

/** What an nginx with this `server` block says; `PORT` in it is its port, and other files of its folder may be named. */
export const startNginx = async (server: string, files: Readonly<Record<string, string>> = {}): Promise<Nginx> => {
  const folder = await makeTempFolder('nginx');
  const port = await freePort();
  await mkdir(join(folder.path, 'temp'));
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder.path, name), text)));
  await writeFile(join(folder.path, 'nginx.conf'), configuration(server.replaceAll('PORT', String(port))));
  const child = spawn('nginx', ['-p', folder.path, '-c', 'nginx.conf', '-e', 'stderr'], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  await until('nginx listens', () => accepts(port));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
    await folder.remove();
  };
  return { port, stop };
};

const configuration = (server: string): string => `
daemon off;
master_process off;
pid nginx.pid;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path temp/${kind};`).join('\n  ')}
  server {
    ${server}
  }
}
`;

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => (socket.destroy(), resolve(true)));
    socket.once('error', () => resolve(false));
  });
