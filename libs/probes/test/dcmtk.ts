import { freePort, LabProcess, makeTempFolder, until } from '@evenkeel/testing/lab';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { selfSigned } from './certificate.ts';

/** A DCMTK server on a free port; on all addresses, because it has no option for one. */
export type DcmtkServer = { readonly port: number; readonly process: LabProcess; readonly stop: () => Promise<void> };

const start = async (
  tool: string,
  argsFor: (folder: string, port: number) => Promise<string[]>,
): Promise<DcmtkServer> => {
  const folder = await makeTempFolder(tool);
  const port = await freePort('0.0.0.0');
  const process = LabProcess.start(tool, await argsFor(folder.path, port));
  const stop = async (): Promise<void> => {
    await process.stop(500);
    await folder.remove();
  };
  await until(`${tool} listens`, () => accepts(port), { process }).catch(async (failure: unknown) => {
    await stop();
    throw failure;
  });
  return { port, process, stop };
};

/** A store; the options are DCMTK's, such as `--refuse`. */
export const startStorescp = (...options: readonly string[]): Promise<DcmtkServer> =>
  start('storescp', (folder, port) => Promise.resolve([...options, '-od', folder, String(port)]));

/** A store that speaks TLS, with a self-signed certificate. */
export const startTlsStorescp = (): Promise<DcmtkServer> =>
  start('storescp', async (folder, port) => {
    const { key, cert } = await selfSigned();
    const files = [join(folder, 'key.pem'), join(folder, 'cert.pem')] as const;
    await writeFile(files[0], key);
    await writeFile(files[1], cert);
    return ['+tls', ...files, '-ic', '-od', folder, String(port)];
  });

/** An archive that answers to `ARCHIVE` and knows its clients by name: `MODALITY` alone. */
export const startDcmqrscp = (associationsMax: number, ...options: readonly string[]): Promise<DcmtkServer> =>
  start('dcmqrscp', async (folder, port) => {
    const storage = join(folder, 'storage');
    await mkdir(storage);
    const lines = [
      `NetworkTCPPort = ${port}`,
      'MaxPDUSize = 16384',
      `MaxAssociations = ${associationsMax}`,
      'HostTable BEGIN',
      'modality = (MODALITY, localhost, 4006)',
      'HostTable END',
      'VendorTable BEGIN',
      'VendorTable END',
      'AETable BEGIN',
      `ARCHIVE ${storage} RW (9, 1024mb) modality`,
      'AETable END',
    ];
    const config = join(folder, 'dcmqrscp.cfg');
    await writeFile(config, `${lines.join('\n')}\n`);
    return [...options, '-c', config];
  });

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
