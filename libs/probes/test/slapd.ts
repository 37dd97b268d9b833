import { freePort, LabProcess, makeTempFolder, until } from '@evenkeel/testing/lab';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { selfSigned } from './certificate.ts';

/** OpenLDAP on two free ports of 127.0.0.1, without a database: the root entry is enough for a bind. Lines as in slapd.conf(5). */
export const startSlapd = async (...lines: readonly string[]) => {
  const folder = await makeTempFolder('slapd');
  const [keyFile, certFile, config] = ['key.pem', 'cert.pem', 'slapd.conf'].map((name) => join(folder.path, name)) as [
    string,
    string,
    string,
  ];
  const { key, cert } = await selfSigned();
  await writeFile(keyFile, key);
  await writeFile(certFile, cert);
  const tls = [`TLSCertificateFile ${certFile}`, `TLSCertificateKeyFile ${keyFile}`];
  await writeFile(config, [...tls, `pidfile ${join(folder.path, 'slapd.pid')}`, ...lines, ''].join('\n'));
  const [port, securePort] = [await freePort(), await freePort()];
  const urls = `ldap://127.0.0.1:${port} ldaps://127.0.0.1:${securePort}`;
  const server = LabProcess.start('slapd', ['-d', '0', '-f', config, '-h', urls]);
  const stop = async (): Promise<void> => {
    await server.stop(1_000);
    await folder.remove();
  };
  await until('slapd listens', () => accepts(securePort), { process: server }).catch(async (failure: unknown) => {
    await stop();
    throw failure;
  });
  return { port, securePort, server, stop };
};

const accepts = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
