import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { CertificateFacts, InputError } from '@evenkeel/contracts';
import { accept, refuse, type Result } from '@evenkeel/kernel';

/** A chain and its key, checked. */
export type Bundle = { readonly facts: CertificateFacts; readonly pem: string };

/**
 * HAProxy takes a new certificate while it runs in one buffer of 16,384 bytes (`tune.bufsize`), command included. What is
 * longer would need a reload, so it is refused.
 */
const pemMax = 14_000;
const chainMax = 10;

/**
 * What two PEM texts come to, or everything that is wrong with them. No error quotes any of the key. `nowMs`: what has expired
 * by then is refused.
 */
export const readBundle = (
  chainText: string,
  keyText: string,
  nowMs: number,
): Result<Bundle, readonly InputError[]> => {
  const [chain, key] = [chainIn(chainText), keyIn(keyText)];
  if (!chain.ok || !key.ok) return refuse([chain, key].flatMap((part) => (part.ok ? [] : part.refusal)));
  const { leaf, all } = chain.value;
  const errors = [...orderErrors(all), ...timeErrors(all, nowMs), ...matchErrors(leaf, key.value)];
  const parts = [...all.map((one) => one.toString()), String(key.value.export({ type: 'pkcs8', format: 'pem' }))];
  const pem = `${parts.map((part) => part.trim()).join('\n')}\n`;
  if (pem.length > pemMax) errors.push(tooLong(pem.length));
  return errors.length > 0 ? refuse(errors) : accept({ facts: factsOf(leaf, all), pem });
};

type Chain = { readonly leaf: X509Certificate; readonly all: readonly X509Certificate[] };

const chainIn = (text: string): Result<Chain, InputError> => {
  const pointer = '/chain';
  const expected = `1 to ${chainMax} certificates in PEM, the server's own first`;
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length > chainMax) return refuse({ pointer, detail: `there are ${blocks.length} certificates`, expected });
  try {
    const all = blocks.map((block) => new X509Certificate(block));
    const [leaf] = all;
    return leaf === undefined
      ? refuse({ pointer, detail: 'there is no certificate', expected })
      : accept({ leaf, all });
  } catch {
    return refuse({ pointer, detail: 'one of the certificates cannot be read', expected });
  }
};

const keyIn = (text: string): Result<KeyObject, InputError> => {
  const pointer = '/key';
  const expected = 'an unencrypted private key in PEM: RSA of 2048 bits or more, or EC on P-256, P-384 or P-521';
  try {
    const key = createPrivateKey(text);
    return isGood(key) ? accept(key) : refuse({ pointer, detail: 'a key of this kind or size is not taken', expected });
  } catch {
    return refuse({ pointer, detail: 'this is no private key that can be read', expected });
  }
};

const isGood = ({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean =>
  (type === 'rsa' && (details?.modulusLength ?? 0) >= 2_048) ||
  (type === 'ec' && ['prime256v1', 'secp384r1', 'secp521r1'].includes(details?.namedCurve ?? ''));

const matchErrors = (leaf: X509Certificate, key: KeyObject): readonly InputError[] =>
  leaf.checkPrivateKey(key)
    ? []
    : [
        {
          pointer: '/key',
          detail: 'the key is not that of the first certificate',
          expected: 'the key that goes with it',
        },
      ];

const orderErrors = (chain: readonly X509Certificate[]): readonly InputError[] =>
  chain.slice(1).flatMap((issuer, index) => {
    const signed = chain[index];
    if (signed === undefined || (signed.checkIssued(issuer) && signed.verify(issuer.publicKey))) return [];
    const detail = `certificate ${index + 2} did not sign certificate ${index + 1}`;
    return [{ pointer: '/chain', detail, expected: 'each certificate followed by the one that signed it' }];
  });

const timeErrors = (chain: readonly X509Certificate[], nowMs: number): readonly InputError[] =>
  chain.flatMap(({ validToDate }, index) => {
    if (validToDate.getTime() > nowMs) return [];
    const detail = `certificate ${index + 1} expired at ${validToDate.toISOString()}`;
    return [{ pointer: '/chain', detail, expected: 'certificates that are still valid' }];
  });

const tooLong = (length: number): InputError => ({
  pointer: '/chain',
  detail: `chain and key have ${length} characters together`,
  expected: `${pemMax} at the most: leave the root out`,
});

const factsOf = (leaf: X509Certificate, chain: readonly X509Certificate[]): CertificateFacts => {
  const material = createHash('sha256');
  for (const { raw } of chain) material.update(raw);
  return {
    material: material.digest('hex'),
    fingerprint: hexOf(leaf.fingerprint256),
    fingerprintSha1: hexOf(leaf.fingerprint),
    subject: inOneLine(leaf.subject),
    issuer: inOneLine(leaf.issuer),
    names: namesOf(leaf),
    notBefore: leaf.validFromDate.toISOString(),
    notAfter: leaf.validToDate.toISOString(),
    intermediates: chain.length - 1,
  };
};

const hexOf = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

const inOneLine = (name: string | undefined): string =>
  ((name ?? '').replaceAll('\n', ', ').replaceAll(/[\p{Cc}\u2028\u2029]/gu, ' ') || '(none)').slice(0, 1_024);

const namesOf = ({ subjectAltName = '' }: X509Certificate): string[] =>
  subjectAltName
    .split(', ')
    .flatMap((name) => /^(?:DNS|IP Address):([\x21-\x7e]{1,253})$/.exec(name)?.[1] ?? [])
    .slice(0, 500);
