import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type HaproxyFiles } from '@evenkeel/data-plane';
import { type Boot } from '../src/haproxy-options.ts';
import { type Replaced } from '../src/host.ts';

export type OwnerSaid = { readonly boot: Boot; readonly replaced: Replaced };
export type Owner = { readonly said: Promise<OwnerSaid>; kill(): Promise<void> };

/** Another process of ours that owns the HAProxy in `folder`, optionally as another user: see `owner-main.ts`. */
export const startOwner = async (folder: string, files: readonly HaproxyFiles[], uid?: number): Promise<Owner> => {
  const filesPath = `${folder}.files.json`;
  await writeFile(filesPath, JSON.stringify(files));
  if (uid !== undefined) await Promise.all([chown(folder, uid, uid), chown(filesPath, uid, uid)]);
  const hooks = path('../../../tools/ts-hooks.mjs');
  const child = spawn(process.execPath, ['--import', hooks, path('./owner-main.ts'), folder, filesPath], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  const line = once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>;
  return { said: line.then(([text]) => JSON.parse(text) as OwnerSaid), kill: () => kill(child) };
};

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
};
