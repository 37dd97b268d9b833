import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as unknown as Crypto);

/** PEM texts, and the fingerprint that a person compares at the first contact. */
export type Certificate = { readonly cert: string; readonly key: string; readonly fingerprint: string };

/** Browsers refuse server certificates that live longer than 398 days. */
const lifetimeMs = 397 * 24 * 3_600_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

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
  const made = await make([...localNames(), ...moreNames]);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The certificate last: it is what says that the pair is complete, if we are killed between.
  await writeWhole(files.key, made.key, 0o600);
  await writeWhole(files.cert, made.cert, 0o644);
  return made;
};

const make = async (names: readonly string[]): Promise<Certificate> => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Evenkeel',
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - 3_600_000), // a client's clock may be behind
    notAfter: new Date(now + lifetimeMs),
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        [...new Set(names)].map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value }) as const),
      ),
    ],
  });
  const key = x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  const cert = certificate.toString('pem');
  return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
};

const isAddress = (name: string): boolean => /^[\d.]+$/.test(name) || name.includes(':');

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
