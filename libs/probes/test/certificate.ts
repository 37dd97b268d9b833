import 'reflect-metadata';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';

const dayMs = 86_400_000;

/** A self-signed certificate for `pacs.example`, in PEM, good for a year unless told otherwise. */
export const selfSigned = async (days = 365): Promise<{ readonly key: string; readonly cert: string }> => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=pacs.example',
    notBefore: new Date(Date.now() - 30 * dayMs),
    // In the middle of a day, so that the count does not depend on how long the test takes.
    notAfter: new Date(Date.now() + (days + 0.5) * dayMs),
    keys,
    signingAlgorithm: algorithm,
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: 'pacs.example' }])],
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
    cert: certificate.toString('pem'),
  };
};
