import { Overview, VirtualServiceResource } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openApiDocument } from './openapi/document.ts';
import { call, edge, pacs1, pacs1Id, problemOf, secret, useEdge, web, webId } from '../test/edge.ts';

useEdge();

describe('who may come in', () => {
  it.each([
    ['no token', ''],
    ['another scheme', 'Basic YTpi'],
    ['a token that is not one', 'Bearer nonsense'],
    ['an unknown token', `Bearer ek_admin_${'1'.repeat(16)}_${secret}`],
    ['a wrong secret', `Bearer ek_admin_${'0'.repeat(16)}_${'t'.repeat(43)}`],
  ])('turns away %s, and says what to send', async (_, authorization) => {
    const response = await call('/overview', { headers: { authorization } });
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await problemOf(response)).toMatchObject({ status: 401, code: 'not-signed-in' });
  });
});

describe('reading', () => {
  it('shows a virtual service with its real servers, its ETag and the revision it was read from', async () => {
    const response = await call(`/virtual-services/${webId}`);
    expect(response.headers.get('etag')).toBe('"7"');
    expect(response.headers.get('evenkeel-revision')).toBe('7');
    expect(VirtualServiceResource.parse(await response.json())).toMatchObject({
      id: webId,
      label: 'INFINITT_Web',
      revision: 7,
      realServers: [{ id: pacs1Id, label: 'INF_PACS1', weight: 100, intent: { intent: 'online' } }],
    });
  });

  it('lists in pages whose cursor leads on', async () => {
    const first = (await (await call('/virtual-services?limit=1')).json()) as { items: unknown[]; next?: string };
    expect(first.items).toHaveLength(1);
    expect(first.next).toBeUndefined();
    expect(await problemOf(await call('/virtual-services?cursor=bm9uc2Vuc2U'))).toMatchObject({ code: 'bad-cursor' });
  });

  it.each([
    ['/virtual-services/0199a000-0000-7000-8000-00000000ffff', 'unknown-virtual-service'],
    [`/virtual-services/${webId}/real-servers/${webId}`, 'unknown-real-server'],
    ['/machines/10.0.0.1', 'unknown-machine'],
    ['/machines/2001:db8::1', 'unknown-machine'],
    ['/nodes/nobody', 'unknown-node'],
    ['/commits/8/convergence', 'unknown-revision'],
    ['/nowhere', 'not-found'],
  ])('says that %s does not exist', async (path, code) => {
    expect(await problemOf(await call(path))).toMatchObject({ status: 404, code });
  });
});

it('says in the overview where the nodes are with what it shows', async () => {
  const overview = Overview.parse(await (await call('/overview')).json());
  expect(overview).toMatchObject({ revision: 7, convergence: { revision: 7, state: 'pending', nodes: [] } });
});

describe('bad input changes nothing', () => {
  const post = (body: unknown) => call('/virtual-services', { method: 'POST', body });

  it.each([
    ['an unknown field', { ...web, colour: 'red' }, '#/colour'],
    ['a port out of range', { ...web, ports: [70_000] }, '#/ports/0'],
    ['an address that is none', { ...web, address: '192.168.85.500' }, '#/address'],
    ['a label with a control character', { ...web, label: 'a\nb' }, '#/label'],
    ['a list of 10,000 ports', { ...web, ports: Array.from({ length: 10_000 }, (_, index) => index + 1) }, '#/ports'],
    ['a weight of the wrong type', { ...web, realServers: [{ ...pacs1, weight: 'heavy' }] }, '#/realServers/0/weight'],
    ['a missing address', { ...web, address: undefined }, '#/address'],
  ])('names the place of %s', async (_, body, pointer) => {
    const problem = await problemOf(await post(body));
    expect(problem).toMatchObject({ status: 400, code: 'invalid-input' });
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(edge.asked).toEqual([]);
  });

  it('names all errors of a body at once', async () => {
    const problem = await problemOf(await post({ ...web, ports: [0], label: '', address: 'here' }));
    expect(problem.errors?.map((error) => error.pointer).toSorted()).toEqual(['#/address', '#/label', '#/ports/0']);
  });

  it('tells a value that is right in another mode from a wrong one', async () => {
    const problem = await problemOf(await post({ ...web, mode: 'tcp', persistence: { kind: 'http-cookie' } }));
    expect(problem).toMatchObject({ status: 422, code: 'invalid-combination' });
  });

  it('does not send a label of almost 1 MiB back', async () => {
    const response = await post({ ...web, label: 'x'.repeat(1_000_000) });
    expect((await response.text()).length).toBeLessThan(2_000);
    expect(response.status).toBe(400);
  });

  it.each([
    ['what is not JSON', { method: 'POST', text: '{"label":' }, 400, 'bad-request'],
    [
      'more than 1 MiB',
      { method: 'POST', text: JSON.stringify({ label: 'x'.repeat(1_100_000) }) },
      413,
      'body-too-large',
    ],
    [
      'another content type',
      { method: 'POST', text: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'wrong-content-type',
    ],
    ['an If-Match that is no ETag', { method: 'POST', body: web, headers: { 'if-match': 'seven' } }, 400, 'bad-header'],
    [
      'an Idempotency-Key with a space',
      { method: 'POST', body: web, headers: { 'idempotency-key': 'a b' } },
      400,
      'bad-header',
    ],
  ])('refuses %s', async (_, request, status, code) => {
    expect(await problemOf(await call('/virtual-services', request))).toMatchObject({ status, code });
    expect(edge.asked).toEqual([]);
  });

  it('refuses a query field that it does not know, and a time that is too long', async () => {
    expect(
      await problemOf(await call('/machines/192.168.85.200/drain?wat=1', { method: 'POST', body: {} })),
    ).toMatchObject({ status: 400 });
    expect(
      await problemOf(await call('/machines/192.168.85.200/drain?timeout=2h', { method: 'POST', body: {} })),
    ).toMatchObject({ status: 400 });
  });
});

it('sends no header that names its software, and all that protect a browser', async () => {
  const { headers } = await call('/overview');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'self'");
});

describe('the API document', () => {
  it('is the committed one', async () => {
    const file = join(import.meta.dirname, '../../../docs/reference/openapi.json');
    const document = `${JSON.stringify(await openApiDocument(edge.app), null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, document);
    expect(document).toBe(await readFile(file, 'utf8').catch(() => 'missing: run this test with UPDATE_GOLDEN=1'));
  });

  it('is served to people and programs, whoever asks first', async () => {
    const paths = ['/api/docs', '/api/docs-json', '/api/docs/swagger-ui.css', '/api/docs/nothing'];
    const [page, json, style, nothing] = await Promise.all(paths.map((path) => fetch(edge.origin + path)));
    expect(await page?.text()).toContain('<title>Evenkeel API</title>');
    expect(page?.headers.get('x-powered-by')).toBeNull();
    expect(await json?.json()).toEqual(JSON.parse(JSON.stringify(await openApiDocument(edge.app))));
    expect(style?.status).toBe(200);
    expect(nothing?.status).toBe(404);
  });
});
