import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Certificate, makeCertificate } from '../certificate/make-certificate.ts';
import { readBundle } from './read-bundle.ts';

let [own, other]: Certificate[] = [];
beforeAll(async () => {
  [own, other] = await Promise.all([
    makeCertificate(['pacs.example.org', '192.0.2.7']),
    makeCertificate(['x.example']),
  ]);
});

const now = Date.now();
const year = 366 * 86_400_000 * 2;
const read = (chain = '', key = '', nowMs = now) => readBundle(chain, key, nowMs);
const wrongIn = (chain = '', key = '', nowMs = now): readonly string[] => {
  const bundle = read(chain, key, nowMs);
  return bundle.ok ? [] : bundle.refusal.map(({ pointer, detail }) => `${pointer}: ${detail}`);
};

describe('a certificate with its key', () => {
  it('gives the facts that anybody can see, and the PEM that HAProxy reads', () => {
    const bundle = read(`made by somebody\n${own?.cert}`, own?.key);
    expect(bundle).toMatchObject({
      ok: true,
      value: {
        facts: {
          fingerprint: own?.fingerprint.replaceAll(':', '').toLowerCase(),
          names: ['pacs.example.org', '192.0.2.7'],
          subject: 'CN=Evenkeel',
          intermediates: 0,
        },
      },
    });
    const { facts, pem } = (bundle as Extract<typeof bundle, { ok: true }>).value;
    expect(JSON.stringify(facts)).not.toContain('PRIVATE');
    expect(pem).toMatch(
      /^-----BEGIN CERTIFICATE-----[^]+-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----[^]+\n$/,
    );
  });
});

describe('what is wrong is said, and no key is quoted', () => {
  it('no certificate, and text instead of a key', () =>
    expect(wrongIn('', 'my secret key')).toEqual([
      '/chain: there is no certificate',
      '/key: this is no private key that can be read',
    ]));

  it("another certificate's key", () =>
    expect(wrongIn(own?.cert, other?.key)).toEqual(['/key: the key is not that of the first certificate']));

  it('a chain in which nobody signed the other', () =>
    expect(wrongIn(`${own?.cert}\n${other?.cert}`, own?.key)).toEqual([
      '/chain: certificate 2 did not sign certificate 1',
    ]));

  it('a certificate that has expired', () =>
    expect(wrongIn(own?.cert, own?.key, now + year)).toEqual([
      expect.stringMatching(/^\/chain: certificate 1 expired at \d{4}-/),
    ]));

  it('a key that is too weak, or encrypted', () => {
    const weak = generateKeyPairSync('rsa', {
      modulusLength: 1_024,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const encrypted = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
    });
    expect(wrongIn(own?.cert, weak.privateKey)).toEqual(['/key: a key of this kind or size is not taken']);
    expect(wrongIn(own?.cert, encrypted.privateKey)).toEqual(['/key: this is no private key that can be read']);
  });

  it('more certificates than HAProxy could take while it runs', () =>
    expect(wrongIn(own?.cert.repeat(11), own?.key)).toEqual(['/chain: there are 11 certificates']));
});
