import { X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './make-certificate.ts';

/**
 * The certificate in `folder`, made there when it is missing: self-signed P-256, for this host's names and addresses and
 * for `moreNames`. A site puts its own files in the same place. Throws when the folder cannot be used or the files do not fit.
 */
export const loadOrMakeCertificate = async (folder: string, moreNames: readonly string[]): Promise<Certificate> => {
  const files = { cert: join(folder, 'certificate.pem'), key: join(folder, 'key.pem') };
  try {
    const [cert, key] = await Promise.all([readFile(files.cert, 'utf8'), readFile(files.key, 'utf8')]);
    return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure;
  }
  const { makeCertificate } = await import('./make-certificate.ts'); // 200 modules that only the first start needs
  const made = await makeCertificate([...localNames(), ...moreNames]);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The certificate last: it is what says that the pair is complete, if we are killed between.
  await writeWhole(files.key, made.key, 0o600);
  await writeWhole(files.cert, made.cert, 0o644);
  return made;
};

const localNames = (): string[] => [
  'localhost',
  hostname(),
  ...Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).filter(({ scopeid }) => !scopeid).map(({ address }) => address),
  ),
];

const writeWhole = async (file: string, text: string, mode: number): Promise<void> => {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
};
