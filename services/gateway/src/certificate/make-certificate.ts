import 'reflect-metadata';
import { webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto);

/** PEM texts, and the fingerprint that a person compares at the first contact. */
export type Certificate = { readonly cert: string; readonly key: string; readonly fingerprint: string };

/** Browsers refuse server certificates that live longer than 398 days. */
const lifetimeMs = 397 * 24 * 3_600_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** Self-signed P-256, valid from now, for `names`: host names and addresses. */
export const makeCertificate = async (names: readonly string[]): Promise<Certificate> => {
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
