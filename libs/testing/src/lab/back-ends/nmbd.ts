import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nmblookup } from '../clients/nmblookup.ts';
import { type Place, thisMachine } from '../programs/place.ts';
import { makeTempFolder } from '../programs/temp-folder.ts';
import { type BackEnd, startBackEnd } from './back-end.ts';

export type NmbdOptions = {
  readonly place?: Place;
  /** UDP 137 of this address, always: `nmblookup` asks no other port. */
  readonly address: string;
  /** The NetBIOS name, at most 15 characters. */
  readonly name: string;
};

/**
 * A NetBIOS name server that answers node status requests (`nmblookup -A`): Samba's nmbd, with folders of its own.
 * Resolves when the answer holds the name. Throws `NotInTime` with its last words. Needs nmbd and nmblookup.
 *
 * Facts, tried on Samba 4.17.12:
 * - Several run side by side on loopback addresses when each has its address in `interfaces`, with /8 (with /32 it finds
 *   no interface and waits for one), and in `nbt client socket address`, and no broadcast sockets: then nothing listens
 *   on 0.0.0.0.
 * - `nbt client socket address` must not be a real interface's address: two sockets share it then, the kernel picks one
 *   by source port, and what arrives at the wrong one from outside the interface's network is dropped.
 * - It binds UDP 138 as well, whatever port `-p` gives for 137: so it needs root (or CAP_NET_BIND_SERVICE).
 * - With `--no-process-group` it stays in our process group, where `stop` and `pause` reach it.
 */
export const startNmbd = async ({ place = thisMachine, address, name }: NmbdOptions): Promise<BackEnd> => {
  const folder = await makeTempFolder('nmbd');
  const config = await writeConfig(folder.path, { place, address, name });
  return startBackEnd({
    name: `nmbd ${name}`,
    place,
    server: {
      command: 'nmbd',
      args: ['-F', '--no-process-group', '--debug-stdout', '-l', folder.path, '-s', config],
    },
    companions: [],
    tidy: () => folder.remove(),
    answers: async () => (await nmblookup(place, { address, timeoutMs: 2_000 })).names.includes(name.toUpperCase()),
  });
};

const writeConfig = async (
  folder: string,
  { place: { isOurs } = thisMachine, address, name }: NmbdOptions,
): Promise<string> => {
  const folderSettings = ['private dir', 'lock directory', 'state directory', 'cache directory', 'pid directory'];
  const folders = folderSettings.map((setting) => ({ setting, path: join(folder, setting.replace(' ', '-')) }));
  await Promise.all(folders.map(({ path }) => mkdir(path, { mode: 0o700 })));
  const settings = [
    `netbios name = ${name}`,
    'workgroup = EVENKEEL',
    'bind interfaces only = yes',
    'nmbd bind explicit broadcast = no',
    ...(isOurs ? [`interfaces = ${address}`] : loopbackSettings(address)),
    // No elections with other name servers: we only answer for ourselves.
    'local master = no',
    ...folders.map(({ setting, path }) => `${setting} = ${path}`),
  ];
  const path = join(folder, 'smb.conf');
  await writeFile(path, ['[global]', ...settings, ''].join('\n'));
  return path;
};

const loopbackSettings = (address: string): string[] => [
  `interfaces = ${address}/8`,
  `nbt client socket address = ${address}`,
];
