import { ConfigAway } from '@evenkeel/bus';
import {
  ClusterConfiguration,
  type ClusterRefusal,
  defaultSettings,
  type RealServerId,
  RealServerSpec,
  type Revision,
  rpc,
  type VirtualServiceId,
  VirtualServiceSpec,
  WriteAnswer,
} from '@evenkeel/contracts';
import { secretLabel } from '@evenkeel/kernel/sealing';
import { describe, expect, it } from '@jest/globals';
import {
  call,
  clusterKey,
  edge,
  pacs1,
  pacs1Id,
  problemOf,
  secret,
  taken,
  useEdge,
  web,
  webId,
} from '../../test/edge.ts';

useEdge();

describe('writing', () => {
  it('hands the wish to config with who, why and from where, and answers with the commit and where the nodes are', async () => {
    const response = await call('/virtual-services', {
      method: 'POST',
      body: { ...web, label: 'Other', ports: [81], reason: 'new viewer' },
      headers: { 'idempotency-key': 'once' },
    });
    expect(response.status).toBe(201);
    expect(WriteAnswer.parse(await response.json())).toMatchObject({ revision: 7, commit: '/api/v1/commits/7' });
    expect(edge.asked).toMatchObject([
      {
        command: { kind: 'AddVirtualService', service: { label: 'Other', balance: 'least-connections' } },
        actor: { name: 'administrator', kind: 'token', authenticatedBy: `token ek_admin_${'0'.repeat(16)}` },
        reason: 'new viewer',
        idempotencyKey: 'once',
      },
    ]);
    expect(JSON.stringify(edge.asked)).not.toContain(secret);
  });

  it('demands If-Match before something that was read is changed or removed', async () => {
    for (const method of ['PATCH', 'DELETE']) {
      const problem = await problemOf(
        await call(`/virtual-services/${webId}`, { method, ...(method === 'PATCH' ? { body: {} } : {}) }),
      );
      expect(problem).toMatchObject({ status: 428, code: 'if-match-required' });
    }
    expect(edge.asked).toEqual([]);
  });

  it('passes If-Match on as the version that the caller knows', async () => {
    await call(`/virtual-services/${webId}`, {
      method: 'PATCH',
      body: { label: 'Web' },
      headers: { 'if-match': '"7"' },
    });
    expect(edge.asked).toMatchObject([{ ifMatch: 7, command: { changes: { label: 'Web' } } }]);
  });

  it('answers a stale version with the present one', async () => {
    edge.answer = () =>
      Promise.resolve({
        kind: 'refused',
        refusal: { kind: 'stale-version', present: 9 as Revision, given: 7 as Revision },
      });
    const response = await call(`/virtual-services/${webId}`, { method: 'DELETE', headers: { 'if-match': '"7"' } });
    expect(await problemOf(response)).toMatchObject({ status: 412, code: 'stale-version', present: 9 });
  });

  it('says 503 and that nothing changed when config is not there, and when Postgres is not', async () => {
    edge.answer = () => Promise.reject(new ConfigAway(rpc.command, false, undefined));
    const away = await call(`/machines/192.168.85.200/drain`, { method: 'POST', body: {} });
    expect(away.headers.get('retry-after')).toBe('2');
    expect(await problemOf(away)).toMatchObject({
      status: 503,
      detail: expect.stringContaining('Nothing was changed'),
    });
    edge.answer = () =>
      Promise.resolve({ kind: 'unavailable', detail: 'Postgres does not answer.', mayBeRecorded: true });
    const unsure = await problemOf(await call(`/machines/192.168.85.200/drain`, { method: 'POST', body: {} }));
    expect(unsure).toMatchObject({ status: 503, detail: expect.stringContaining('Idempotency-Key') });
  });
});

it('names what was added also when its own copy of the book is behind', async () => {
  const [service, server] = [web, pacs1].map((_, nth) => `0199a000-0000-7000-8000-00000000001${nth}`);
  const events = [
    {
      kind: 'VirtualServiceAdded',
      virtualServiceId: service as VirtualServiceId,
      number: 9,
      service: VirtualServiceSpec.parse({ ...web, label: 'QUERY', ports: [8_080] }),
    },
    {
      kind: 'RealServerAdded',
      virtualServiceId: service as VirtualServiceId,
      realServerId: server as RealServerId,
      number: 10,
      realServer: RealServerSpec.parse(pacs1),
    },
  ] as const;
  const outcome = { revision: 9 as Revision, changed: true, events: [...events], lint: [] };
  edge.answer = () => Promise.resolve({ kind: 'done', outcome });
  const response = await call('/virtual-services', {
    method: 'POST',
    body: { ...web, label: 'QUERY', ports: [8_080] },
  });
  expect(response.status).toBe(201);
  expect(WriteAnswer.parse(await response.json())).toMatchObject({
    revision: 9,
    resource: { id: service, label: 'QUERY', revision: 9, realServers: [{ id: server }] },
  });
});

describe('a scope as one document', () => {
  it('is read with every field, labels instead of ids, and the revision of the book', async () => {
    const response = await call('/configuration?scope=manual');
    expect(response.headers.get('etag')).toBe('"7"');
    const document: unknown = await response.json();
    expect(ClusterConfiguration.parse(document)).toMatchObject({
      metadata: { cluster: 'radiology', scope: 'manual' },
      virtualServices: [{ label: 'INFINITT_Web', ports: [80], realServers: [{ label: 'INF_PACS1' }] }],
    });
    expect(JSON.stringify(document)).not.toContain(webId);
  });

  it('is handed to config as it was written, and what was done comes back', async () => {
    const summary = { added: [{ virtualService: 'DICOM' }], changed: [], removed: [] };
    edge.answer = () =>
      Promise.resolve({
        kind: 'done',
        outcome: { revision: 7 as Revision, changed: true, events: [], summary, lint: [] },
      });
    const document = { apiVersion: 'evenkeel/v1' };
    const body = { document, prune: true, reason: 'file' };
    const response = await call('/configuration/apply', { method: 'POST', body });
    expect(response.status).toBe(200);
    expect(WriteAnswer.parse(await response.json())).toMatchObject({ summary });
    expect(edge.asked).toMatchObject([
      { command: { kind: 'ApplyConfiguration', document, prune: true, force: false }, reason: 'file' },
    ]);
  });

  it.each<[string, ClusterRefusal, number, string]>([
    ['a port that is taken', { ...taken, at: '/virtualServices/2' }, 409, '#/virtualServices/2/ports'],
    [
      'a service that another scope owns',
      { kind: 'owned-by-another-scope', virtualServiceId: webId, label: 'W', scope: 's', at: '/virtualServices/0' },
      409,
      '#/virtualServices/0/label',
    ],
    ['a missing ticket', { kind: 'reason-required', missing: 'ticket', because: 'policy' }, 422, '#/ticket'],
  ])('is refused with the place of %s', async (_, refusal, status, pointer) => {
    edge.answer = () => Promise.resolve({ kind: 'refused', refusal });
    const response = await call('/configuration/apply', { method: 'POST', body: { document: {} } });
    expect(await problemOf(response)).toMatchObject({ status, code: refusal.kind, errors: [{ pointer }] });
  });

  it('says how much it would remove', async () => {
    const [services, realServers] = [
      { removed: 3, most: 2 },
      { removed: 0, most: 4 },
    ];
    edge.answer = () => Promise.resolve({ kind: 'refused', refusal: { kind: 'mass-removal', services, realServers } });
    const response = await call('/configuration/apply', { method: 'POST', body: { document: {} } });
    expect(await problemOf(response)).toMatchObject({
      status: 409,
      detail: expect.stringContaining('3 virtual services'),
    });
  });
});

describe('draining', () => {
  const drain = (body: object) =>
    call(`/virtual-services/${webId}/real-servers/${pacs1Id}/drain`, { method: 'POST', body });

  it('takes a deadline as a time from now, in its shortest form', async () => {
    expect((await drain({ deadline: '60m', reason: 'memory' })).status).toBe(200);
    expect(edge.asked.at(-1)?.command).toMatchObject({ kind: 'DrainRealServer', clients: 'keep', deadline: '1h' });
  });

  it('takes a time to come back, of any time zone', async () => {
    expect((await drain({ until: '2026-05-04T06:00:00+02:00', reason: 'memory' })).status).toBe(200);
    expect(edge.asked.at(-1)?.command).toMatchObject({ kind: 'DrainRealServer', until: '2026-05-04T04:00:00.000Z' });
    for (const until of ['06:00', '2026-05-04', '2026-05-04T06:00:00'])
      expect(await problemOf(await drain({ until }))).toMatchObject({ errors: [{ pointer: '#/until' }] });
  });

  it('refuses a deadline that is none', async () => {
    for (const deadline of ['soon', '0s', '8d'])
      expect(await problemOf(await drain({ deadline }))).toMatchObject({ errors: [{ pointer: '#/deadline' }] });
  });

  it('says who would be left, service by service, when it is refused', async () => {
    const [dicom, check] = [
      { virtualServiceId: webId, label: 'DICOM', left: ['INF_PACS2', 'INF_PACS3'], least: 3, of: 3 },
      { virtualServiceId: webId, label: 'CHECK', left: [], least: 1, of: 1 },
    ];
    edge.answer = () =>
      Promise.resolve({
        kind: 'refused',
        refusal: { kind: 'last-available-real-server', services: [dicom, check] },
      });
    expect(await problemOf(await drain({}))).toMatchObject({
      status: 409,
      detail:
        'This would leave CHECK without an available real server. ' +
        'DICOM would be left with INF_PACS2, INF_PACS3: 3 of 3 must stay. ' +
        'Send force with a reason to do it all the same.',
    });
    edge.answer = () => Promise.resolve({ kind: 'refused', refusal: { kind: 'below-watermark', services: [dicom] } });
    expect(await problemOf(await drain({}))).toMatchObject({
      status: 409,
      code: 'below-watermark',
      detail: expect.stringMatching(/^DICOM would be left with INF_PACS2, INF_PACS3: 3 of 3 must stay\./),
    });
  });
});

describe('reverting a commit', () => {
  it('asks config for it', async () => {
    const response = await call('/commits/5/revert', { method: 'POST', body: { reason: 'wrong file' } });
    expect(response.status).toBe(200);
    expect(edge.asked).toMatchObject([
      { command: { kind: 'RevertCommit', revision: 5, force: false }, reason: 'wrong file' },
    ]);
  });

  it('names what stands in the way, and which revisions brought it', async () => {
    const things = [
      { label: 'DICOM', fields: ['ports'] },
      { label: 'MWL', fields: [] },
    ];
    const by = [6, 7] as Revision[];
    edge.answer = () =>
      Promise.resolve({ kind: 'refused', refusal: { kind: 'changed-since', revision: 5 as Revision, things, by } });
    const detail = 'Changed since revision 5: DICOM (ports); MWL (added or removed). By revision 6, 7.';
    const problem = await problemOf(await call('/commits/5/revert', { method: 'POST', body: {} }));
    expect(problem).toMatchObject({ status: 409, code: 'changed-since', detail: expect.stringContaining(detail) });
  });

  it('needs a commit', async () => {
    const refusal = { kind: 'unknown-revision', revision: 9 as Revision, head: 7 as Revision } as const;
    edge.answer = () => Promise.resolve({ kind: 'refused', refusal });
    const response = await call('/commits/9/revert', { method: 'POST', body: {} });
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'unknown-revision' });
  });
});

describe('the settings', () => {
  it('are read with their ETag, and changed only by somebody who has read them', async () => {
    const response = await call('/settings');
    expect(response.headers.get('etag')).toBe('"0"');
    expect(await response.json()).toEqual({ ...defaultSettings, revision: 0 });
    const body = { massRemovalPercent: 50, reason: 'small site' };
    expect((await call('/settings', { method: 'PATCH', body })).status).toBe(428);
    expect(edge.asked).toEqual([]);
    const changed = await call('/settings', { method: 'PATCH', body, headers: { 'if-match': '"0"' } });
    expect(WriteAnswer.parse(await changed.json())).toMatchObject({ resource: { reasonRequired: 'none' } });
    expect(edge.asked).toMatchObject([
      {
        command: { kind: 'SetClusterSettings', changes: { massRemovalPercent: 50 } },
        ifMatch: 0,
        reason: 'small site',
      },
    ]);
  });
});

describe('a machine with an IPv6 address', () => {
  it.each(['2001:db8::200', '2001:0DB8:0::0200', '2001%3Adb8%3A%3A200'])(
    'is written %s in a path, and in one way in the command',
    async (address) => {
      await call(`/machines/${address}/drain`, { method: 'POST', body: {} });
      expect(edge.asked).toMatchObject([{ command: { kind: 'DrainMachine', address: '2001:db8::200' } }]);
    },
  );

  it.each([
    ['[2001:db8::200]', 'the address without brackets: 2001:db8::200'],
    ['::ffff:10.0.0.1', 'the IPv4 address itself: 10.0.0.1'],
    ['fe80::1%25eth0', expect.stringContaining('without a zone')],
  ])('is told what would be right for %s', async (address, expected) => {
    const refused = await problemOf(await call(`/machines/${address}`));
    expect(refused).toMatchObject({ status: 400, errors: [{ pointer: '#/address', expected }] });
  });
});

describe('a secret', () => {
  const credentials = { username: 'canary-user', password: 'canary-7Qx word' };
  const put = (body: object, query = '') => call(`/secrets/monitor${query}`, { method: 'PUT', body });

  it('is sealed before the command, which has neither name nor password of it, and shown to nobody', async () => {
    const response = await put({ ...credentials, reason: 'new' });
    expect(response.status).toBe(200);
    const [{ material, sealed } = { material: '', sealed: '' }] = edge.kept;
    const facts = { kind: 'username-password', material };
    expect(edge.asked).toMatchObject([{ command: { kind: 'StoreSecret', secret: 'monitor', facts }, reason: 'new' }]);
    expect(JSON.parse(clusterKey.open(secretLabel('monitor', material), sealed))).toEqual(credentials);
    expect(() => clusterKey.open(secretLabel('other', material), sealed)).toThrow();
    expect(JSON.stringify([edge.asked, edge.kept, await response.json()])).not.toContain('canary');
  });

  it('has the same name in the book when it is put again, and another one for another value or in a dry run', async () => {
    for (const password of ['one', 'one', 'two']) await put({ ...credentials, password });
    const [first, again, other] = edge.kept.map(({ material }) => material);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    await put({ ...credentials, password: 'one' }, '?dryRun=true');
    expect(JSON.stringify(edge.rehearsed)).not.toContain(first);
    expect(edge.kept).toHaveLength(3);
  });

  it.each([
    ['is a number', JSON.stringify({ ...credentials, password: 47_114_711 })],
    ['has a line end', JSON.stringify({ ...credentials, password: 'canary\n' })],
    ['is misspelt', JSON.stringify({ ...credentials, pasword: 'canary' })],
    ['has no quotes', '{"username":"u","password": canary-47114711}'],
    ['is no JSON', `{"username":"u","password":"canary-47114711"; "kind":"username-password"}`],
  ])('that %s is refused, and quoted nowhere', async (_what, text) => {
    const problem = await problemOf(await call('/secrets/monitor', { method: 'PUT', text }));
    expect(problem.status).toBe(400);
    expect(JSON.stringify(problem)).not.toMatch(/canary|4711/);
    expect([edge.asked, edge.kept]).toEqual([[], []]);
  });

  it('that nobody has stored is not there', async () => {
    expect(await (await call('/secrets')).json()).toEqual({ items: [] });
    expect(await problemOf(await call('/secrets/monitor'))).toMatchObject({ status: 404, code: 'unknown-secret' });
  });
});
