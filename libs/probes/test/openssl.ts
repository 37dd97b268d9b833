import { freePort, LabProcess, makeTempFolder, until } from '@evenkeel/testing/lab';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { selfSigned } from './certificate.ts';

/**
 * OpenSSL's own TLS server on a free port of 127.0.0.1, with a self-signed certificate. Options as in s_server(1). It
 * would end each connection at the end of its standard input, which with -www it does not read.
 */
export const startOpenssl = async (...options: readonly string[]) => {
  const folder = await makeTempFolder('openssl');
  const [keyFile, certFile] = [join(folder.path, 'key.pem'), join(folder.path, 'cert.pem')];
  const { key, cert } = await selfSigned();
  await writeFile(keyFile, key);
  await writeFile(certFile, cert);
  const port = await freePort();
  const args = ['s_server', '-accept', `127.0.0.1:${port}`, '-key', keyFile, '-cert', certFile, '-www', ...options];
  const server = LabProcess.start('openssl', args);
  const stop = async (): Promise<void> => {
    await server.stop(500);
    await folder.remove();
  };
  await until('openssl listens', () => Promise.resolve(server.lastWords.includes('ACCEPT')), { process: server }).catch(
    async (failure: unknown) => {
      await stop();
      throw failure;
    },
  );
  return { port, server, stop };
};
