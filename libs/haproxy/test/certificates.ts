import { execFile } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type CertificateFacts } from '@evenkeel/contracts';

export type MadeCertificate = { readonly facts: CertificateFacts; readonly pem: string; readonly key: string };

/** Self-signed, for these names, made by openssl in `folder`. */
export const makeCertificate = async (folder: string, ...names: readonly string[]): Promise<MadeCertificate> => {
  const [key, cert] = [join(folder, 'made.key'), join(folder, 'made.crt')];
  await promisify(execFile)('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
    ...['-subj', `/CN=${names[0]}`, '-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`],
    ...['-keyout', key, '-out', cert],
  ]);
  const [keyText, certText] = await Promise.all([readFile(key, 'utf8'), readFile(cert, 'utf8')]);
  const read = new X509Certificate(certText);
  const facts: CertificateFacts = {
    material: createHash('sha256').update(read.raw).digest('hex'),
    fingerprint: read.fingerprint256.replaceAll(':', '').toLowerCase(),
    fingerprintSha1: read.fingerprint.replaceAll(':', '').toLowerCase(),
    ...{ subject: read.subject, issuer: read.issuer, names: [...names], intermediates: 0 },
    notBefore: read.validFromDate.toISOString(),
    notAfter: read.validToDate.toISOString(),
  };
  return { facts, pem: `${certText}${keyText}`, key: keyText };
};
