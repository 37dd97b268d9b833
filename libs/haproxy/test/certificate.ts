import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type Certificate = { readonly key: string; readonly certificate: string };

/** A certificate for this name that only its own issuer vouches for: itself. In PEM. */
export const selfSigned = async (folder: string, name: string): Promise<Certificate> => {
  const [key, certificate] = [join(folder, `${name}.key`), join(folder, `${name}.crt`)];
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  await promisify(execFile)('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', certificate]);
  return { key: await readFile(key, 'utf8'), certificate: await readFile(certificate, 'utf8') };
};

/**
 * An HAProxy on whose system these are the trusted authorities. 2.6 reads no variable for them, so it gets a file system of
 * its own where they lie in place of the usual ones: for that one must be root.
 */
export const haproxyThatTrusts = async (folder: string, ...trusted: readonly Certificate[]): Promise<string> => {
  const authorities = join(folder, 'authorities');
  await mkdir(authorities);
  await Promise.all(trusted.map(({ certificate }, index) => writeFile(join(authorities, `${index}.pem`), certificate)));
  const script = join(folder, 'haproxy-that-trusts');
  const inside = `mount --bind "$0" /etc/ssl/certs && exec haproxy "$@"`;
  await writeFile(script, `#!/bin/sh\nexec unshare --mount sh -c '${inside}' ${authorities} "$@"\n`);
  await chmod(script, 0o755);
  return script;
};
