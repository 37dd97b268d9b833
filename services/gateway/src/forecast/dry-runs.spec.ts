import { Forecast, WriteAnswer } from '@evenkeel/contracts';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { makeCertificate } from '../certificate/make-certificate.ts';
import { openApiDocument } from '../openapi/document.ts';
import { call, clusterKey, edge, pacs1, pacs1Id, problemOf, taken, useEdge, web, webId } from '../../test/edge.ts';

useEdge();

describe('a dry run', () => {
  const service = `/virtual-services/${webId}`;
  const realServer = `${service}/real-servers/${pacs1Id}`;
  const machine = '/machines/192.168.85.200';
  const certificate = { chain: '', key: '' };
  beforeAll(async () => {
    const { cert, key } = await makeCertificate(['pacs.example.org']);
    Object.assign(certificate, { chain: cert, key });
  });
  const writes: readonly (readonly [method: string, path: string, body: object | undefined, kind: string])[] = [
    ['post', '/virtual-services', { ...web, label: 'Other', ports: [81] }, 'AddVirtualService'],
    ['patch', service, { label: 'Other' }, 'ModifyVirtualService'],
    ['delete', service, undefined, 'RemoveVirtualService'],
    ['post', `${service}/duplicate`, { label: 'Other' }, 'DuplicateVirtualService'],
    ['post', `${service}/enable`, {}, 'EnableVirtualService'],
    ['post', `${service}/disable`, {}, 'DisableVirtualService'],
    ['post', `${service}/real-servers`, pacs1, 'AddRealServer'],
    ['patch', realServer, { weight: 50 }, 'ModifyRealServer'],
    ['delete', realServer, undefined, 'RemoveRealServer'],
    ['post', `${realServer}/drain`, {}, 'DrainRealServer'],
    ['post', `${realServer}/halt`, {}, 'HaltRealServer'],
    ['post', `${realServer}/online`, {}, 'BringRealServerOnline'],
    ['post', `${machine}/drain`, {}, 'DrainMachine'],
    ['post', `${machine}/halt`, {}, 'HaltMachine'],
    ['post', `${machine}/online`, {}, 'BringMachineOnline'],
    ['post', '/commits/5/revert', {}, 'RevertCommit'],
    ['post', '/blueprints/infinitt-pacs/instantiate', { parameters: {} }, 'InstantiateBlueprint'],
    ['post', '/configuration/apply', { document: {} }, 'ApplyConfiguration'],
    ['patch', '/settings', { massRemovalPercent: 50 }, 'SetClusterSettings'],
    ['put', '/certificates/pacs', certificate, 'StoreCertificate'],
    ['delete', '/certificates/pacs', undefined, 'RemoveCertificate'],
    ['put', '/secrets/monitor', { username: 'u', password: 'p' }, 'StoreSecret'],
    ['delete', '/secrets/monitor', undefined, 'RemoveSecret'],
  ];

  it.each(writes)(
    'of %s %s commits nothing, whatever the write itself would answer',
    async (method, path, body, kind) => {
      const headers = { 'if-match': '"7"', 'idempotency-key': 'once' };
      const why = body === undefined ? '&reason=if' : '';
      const response = await call(`${path}?dryRun=true${why}`, {
        method: method.toUpperCase(),
        ...(body === undefined ? {} : { body: { ...body, reason: 'if' } }),
        headers,
      });
      expect(response.status).toBe(200);
      expect(Forecast.parse(await response.json())).toMatchObject({ dryRun: true, revision: 7, nodes: [], silent: [] });
      expect([edge.asked, edge.kept]).toEqual([[], []]);
      expect(edge.rehearsed).toMatchObject([
        { commands: [{ kind }], actor: { name: 'administrator' }, reason: 'if', ifMatch: 7 },
      ]);
      expect(edge.rehearsed[0]).not.toHaveProperty('idempotencyKey');
    },
  );

  it('is what the upload of a certificate is not: its key is sealed before the command, which holds facts only', async () => {
    const response = await call('/certificates/pacs', { method: 'PUT', body: certificate });
    expect(response.status).toBe(200);
    const [{ material, sealed } = { material: '', sealed: '' }] = edge.kept;
    expect(edge.asked).toMatchObject([
      { command: { kind: 'StoreCertificate', certificate: 'pacs', facts: { material } } },
    ]);
    expect(clusterKey.open(material, sealed)).toContain(certificate.key.trim());
    const key = certificate.key.split('\n')[1] ?? '';
    expect(JSON.stringify([edge.asked, edge.kept, await response.json()])).not.toContain(key);
  });

  it('is there for every write that there is', async () => {
    const { paths } = await openApiDocument(edge.app);
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      (['post', 'patch', 'delete', 'put'] as const)
        .filter((method) => operations[method] !== undefined)
        .map((method) => ({ method, path, parameters: operations[method]?.parameters ?? [] })),
    );
    // Three that write nothing.
    const reading = ['/api/v1/forecast', '/api/v1/blueprints/{name}/preview', '/api/v1/health/checks/run'];
    const written = documented.filter(({ path }) => !reading.includes(path));
    const dry = written.filter(({ parameters }) => JSON.stringify(parameters).includes('"dryRun"'));
    expect(dry.map(({ method, path }) => `${method} ${path}`)).toEqual(
      written.map((one) => `${one.method} ${one.path}`),
    );
    // To forget a node and the two wishes of the election are in no book, so their dry runs are no forecasts: they have tests
    // of their own.
    expect(written).toHaveLength(writes.length + 3);
  });

  it('makes the same checks as the write: headers, body, refusals', async () => {
    const stale = await call(`${service}?dryRun=true`, { method: 'PATCH', body: { label: 'Other' } });
    expect(stale.status).toBe(428);
    const post = (body: object, query = 'dryRun=true') => call(`/virtual-services?${query}`, { method: 'POST', body });
    expect(await problemOf(await post({ ...web, ports: [0] }))).toMatchObject({ status: 400 });
    expect(await problemOf(await post(web, 'dryRun=maybe'))).toMatchObject({ status: 400 });
    expect(edge.rehearsed).toEqual([]);
    edge.rehearsal = { kind: 'refused', index: 0, refusal: taken };
    const problem = await problemOf(await post({ ...web, ports: [104] }));
    expect(problem).toMatchObject({ status: 409, code: 'address-and-port-in-use', errors: [{ pointer: '#/ports' }] });
    expect(problem.command).toBeUndefined();
    edge.rehearsal = { kind: 'unavailable', detail: 'Postgres does not answer.', mayBeRecorded: false };
    expect(await problemOf(await post(web))).toMatchObject({ status: 503, code: 'book-unavailable' });
    expect(edge.asked).toEqual([]);
  });

  it('is a write when it is asked for with false', async () => {
    const response = await call(`${machine}/drain?dryRun=false`, { method: 'POST', body: {} });
    expect(WriteAnswer.parse(await response.json())).toMatchObject({ revision: 7 });
    expect([edge.asked.length, edge.rehearsed.length]).toEqual([1, 0]);
  });
});

describe('a forecast of many commands', () => {
  const drain = { kind: 'DrainMachine', address: '192.168.85.200' };
  const add = { kind: 'AddVirtualService', service: { ...web, ports: [104] } };
  const ask = (body: object) => call('/forecast', { method: 'POST', body });

  it('hands them to config as one list', async () => {
    const response = await ask({ commands: [drain, add], reason: 'if' });
    expect(response.status).toBe(200);
    expect(Forecast.parse(await response.json())).toMatchObject({ dryRun: true });
    expect(edge.rehearsed).toMatchObject([
      { commands: [{ ...drain, clients: 'keep', force: false }, { kind: 'AddVirtualService' }], reason: 'if' },
    ]);
    expect(edge.asked).toEqual([]);
  });

  it('names the command that is refused, and points into the list', async () => {
    edge.rehearsal = { kind: 'refused', index: 1, refusal: taken };
    expect(await problemOf(await ask({ commands: [drain, add] }))).toMatchObject({
      status: 409,
      command: 1,
      errors: [{ pointer: '#/commands/1/service/ports' }],
    });
    edge.rehearsal = { kind: 'refused', index: 0, refusal: taken };
    expect(await problemOf(await ask({ commands: [add] }))).toMatchObject({
      command: 0,
      errors: [{ pointer: '#/commands/0/service/ports' }],
    });
    edge.rehearsal = {
      kind: 'refused',
      index: 1,
      refusal: { kind: 'reason-required', missing: 'reason', because: 'policy' },
    };
    expect(await problemOf(await ask({ commands: [drain, add] }))).toMatchObject({ errors: [{ pointer: '#/reason' }] });
  });

  it.each([
    ['no commands', [], '#/commands'],
    ['more than a hundred', Array.from({ length: 101 }, () => drain), '#/commands'],
    ['one that does not exist', [drain, { kind: 'Explode' }], '#/commands/1/kind'],
    ['a field that does not fit', [{ ...drain, address: 'here' }], '#/commands/0/address'],
  ])('refuses %s', async (_, commands, pointer) => {
    const problem = await problemOf(await ask({ commands }));
    expect(problem).toMatchObject({ status: 400, code: 'invalid-input' });
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(edge.rehearsed).toEqual([]);
  });
});
