import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CertificateResource, Overview, VirtualServiceResource, WriteAnswer } from '@evenkeel/contracts';
import { curl, describeNeeding } from '@evenkeel/testing/lab';
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

  it('is where a redirect sends browsers that come by HTTP, to any port of a range, with nobody behind it', async () => {
    const asked = { label: 'TO_HTTPS', address: vip, ports: ['8080-8089'], layer: 7, mode: 'http' };
    const redirect = { ...asked, action: 'redirect-to-https', redirect: { code: 301 } };
    const { id } = (await hospital.write('POST', '/virtual-services', { ...redirect, reason: 'journey' }))
      .resource as VirtualServiceResource;
    const page = await curl(hospital.client, `http://${vip}:8085/study?x=1`);
    expect([page.status, page.headers.get('location')?.trim()]).toEqual([301, `https://${vip}/study?x=1`]);
    const { body: overview } = await hospital.api.get<Overview>('/overview');
    expect(overview.services.find((service) => service.id === id)).toMatchObject({ state: 'up', available: 0, of: 0 });

    const somebody = { label: 'INF_PACS1', address: '192.168.85.200' };
    const refused = [
      await hospital.api.call('POST', `/virtual-services/${id}/real-servers`, { body: somebody }),
      await hospital.api.call('POST', '/virtual-services', {
        body: { ...redirect, label: 'OTHER', ports: [8090], realServers: [somebody] },
      }),
    ];
    for (const answer of refused) expect(answer).toMatchObject({ status: 422, body: { code: 'invalid-combination' } });
    const taken = { ...asked, label: 'OTHER', ports: [8089] };
    expect(await hospital.api.call('POST', '/virtual-services', { body: taken })).toMatchObject({
      ...{ status: 409, body: { code: 'address-and-port-in-use' } },
    });
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
