import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateResource, WriteAnswer } from '@evenkeel/contracts';
import { describeNeeding } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Hospital, hospitalNeeds, vip } from './hospital.ts';

type Pem = { readonly chain: string; readonly key: string };

describeNeeding(
  describe,
  ...hospitalNeeds,
  'openssl',
)('a web page by HTTPS', () => {
  let hospital: Hospital;
  let served: Pem;
  beforeAll(async () => {
    hospital = await Hospital.open();
    await hospital.allAre('up');
    served = await makePem();
  }, 120_000);
  afterAll(() => hospital.dispose(), 60_000);

  const makePem = async (): Promise<Pem> => {
    const [key, cert] = [join(hospital.data.path, 'site.key'), join(hospital.data.path, 'site.crt')];
    await promisify(execFile)('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'],
      ...[
        '-subj',
        '/CN=pacs.example.org',
        '-addext',
        'subjectAltName=DNS:pacs.example.org',
        '-keyout',
        key,
        '-out',
        cert,
      ],
    ]);
    return { chain: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
  };
  const store = async (pem: Pem): Promise<CertificateResource> =>
    (await hospital.write('PUT', '/certificates/site', { ...pem, reason: 'journey' })).resource as CertificateResource;
  /** What a client that looks at it sees. */
  const shown = async (): Promise<string> => {
    const script = `openssl s_client -connect ${vip}:443 -servername pacs.example.org </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha256`;
    const { stdout } = await hospital.lab.host('client').run('sh', ['-c', script]);
    return stdout.trim().replace(/^.*=/, '').replaceAll(':', '').toLowerCase();
  };
  it('is served with the uploaded certificate, which is replaced without a reload', async () => {
    const stored = await store(served);
    const { id } = await hospital.service('INFINITT_Web');
    const { body, status } = await hospital.api.call<WriteAnswer>(
      'POST',
      `/virtual-services/${id}/duplicate?wait=converged&timeout=30s`,
      {
        body: { label: 'HTTPS', overrides: { ports: [443], tls: { certificates: ['site'] } }, reason: 'journey' },
      },
    );
    expect([status, body.convergence?.state]).toEqual([201, 'converged']);
    expect(await shown()).toBe(stored.fingerprint);
    served = await makePem();
    const next = await store(served);
    expect(next.fingerprint).not.toBe(stored.fingerprint);
    expect(await shown()).toBe(next.fingerprint);
  });

  it('has its key nowhere but sealed, and on the node', async () => {
    const secret = served.key.split('\n')[1] ?? '';
    const commits = await hospital.api.get('/commits?limit=50');
    const certificates = await hospital.api.get('/certificates');
    const nodes = await hospital.api.get('/nodes');
    expect(JSON.stringify([commits.body, certificates.body, nodes.body])).not.toContain(secret);
    const { stdout } = await promisify(execFile)('grep', ['-rlaF', secret, hospital.data.path]);
    const places = stdout
      .trim()
      .split('\n')
      .filter((file) => !file.endsWith('/site.key')); // where openssl made it
    expect(places).toEqual([expect.stringMatching(/\/haproxy\/certificates\/site\.pem$/)]);
  });

  it('cannot lose the certificate that it shows', async () => {
    const { headers } = await hospital.api.get('/certificates/site');
    const removed = await hospital.api.call('DELETE', '/certificates/site?reason=journey', {
      headers: { 'If-Match': headers.get('etag') ?? '' },
    });
    expect(removed).toMatchObject({ status: 409, body: { code: 'certificate-in-use' } });
  });
});
