import { request } from 'node:http';
import { type HeaderRule, type HttpService } from '@evenkeel/contracts';
import { type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { virtualServiceId } from '@evenkeel/testing';
import { freePort } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BackEnd, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// Content and header rules, as a client and a real server see them through a real HAProxy.

type Rules = NonNullable<HttpService['rules']>;

let own: readonly BackEnd[];
let pool: BackEnd;
beforeAll(async () => {
  own = await Promise.all(['first', 'second'].map((name) => webServer(name)));
  pool = await webServer('pool');
});
afterAll(() => Promise.all([...own, pool].map((server) => server.close())));

let node: RealNode;
let [port, poolPort] = [0, 0];
beforeEach(async () => {
  node = await realNode();
  [port, poolPort] = [await freePort(), await freePort()];
});
afterEach(() => node.dispose());

const front = (fields: Partial<HttpService>, servers = own): ServiceSketch => ({
  number: 1,
  spec: { label: 'front', mode: 'http', address: '127.0.0.1', ports: [port], ...fields },
  realServers: servers.map(({ name, port: to }, index) => ({
    number: 11 + index,
    spec: { label: name, address: '127.0.0.1', port: to },
  })),
});
const behind = (fields: Partial<HttpService> = {}, enabled = true): ServiceSketch => ({
  number: 2,
  enabled,
  spec: { label: 'pool', mode: 'http', address: '127.0.0.1', ports: [poolPort], ...fields },
  realServers: [{ number: 21, spec: { label: 'pool', address: '127.0.0.1', port: pool.port } }],
});
const serve = async (...services: readonly ServiceSketch[]): Promise<string> => {
  const round = await node.serve(...services);
  expect([round.rejection, round.waitingFor]).toEqual([undefined, []]);
  return round.method;
};

type Asked = { readonly status: number; readonly body: string; readonly headers: Record<string, unknown> };
const ask = (path: string, headers: Record<string, string> = {}, to = port): Promise<Asked> =>
  new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port: to, path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('latin1').on('data', (part: string) => (body += part));
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }));
    })
      .once('error', reject)
      .end();
  });
const asked = (answer: Asked): Record<string, string> =>
  JSON.parse(String(answer.headers['x-asked'])) as Record<string, string>;

const toPool: Rules[number]['action'] = { kind: 'service', virtualService: virtualServiceId(2) };
const toSecond: Rules[number]['action'] = { kind: 'server', realServer: 'second' };
const under = (value: string): Rules[number]['match'] => ({ path: [{ kind: 'prefix', value }] });

describe('content rules', () => {
  it('act on the first that matches, whatever its kind', async () => {
    const rules: Rules = [
      { match: under('/pool/'), action: toPool },
      { match: under('/pool/x'), action: { kind: 'deny', status: 403 } },
      { match: under('/a'), action: { kind: 'deny', status: 404 } },
      { match: under('/a/b'), action: toPool },
      {
        match: under('/old/'),
        action: { kind: 'redirect', code: 308, location: 'https://x.example/%20', keepPath: false },
      },
      { match: under('/o'), action: { kind: 'redirect', code: 301, location: 'https://x.example', keepPath: true } },
    ];
    await serve(front({ rules }), behind());
    expect((await ask('/pool/x')).body).toBe('pool');
    expect((await ask('/a/b')).status).toBe(404);
    expect(await ask('/old/1')).toMatchObject({ status: 308, headers: { location: 'https://x.example/%20' } });
    expect(await ask('/other?a=%25')).toMatchObject({
      status: 301,
      headers: { location: 'https://x.example/other?a=%25' },
    });
    expect(['first', 'second']).toContain((await ask('/else')).body);
  });

  it('see the path decoded, and hosts without their port and in any case', async () => {
    const rules: Rules = [
      { match: { path: [{ kind: 'exact', value: '/secret area' }] }, action: { kind: 'deny', status: 403 } },
      { match: { host: ['pacs.example.org', '*.example.net'], ...under('/h') }, action: toPool },
    ];
    await serve(front({ rules }), behind());
    expect((await ask('/%73ecret%20area?x')).status).toBe(403);
    expect((await ask('/h', { host: 'PACS.example.org:8080' })).body).toBe('pool');
    expect((await ask('/h', { host: 'a.b.example.net' })).body).toBe('pool');
    expect((await ask('/h', { host: 'example.net' })).body).not.toBe('pool');
    expect((await ask('/', { host: 'pacs.example.org' })).body).not.toBe('pool');
  });

  it('match a header, a parameter of the query and the source', async () => {
    const rules: Rules = [
      { match: { header: { name: 'X-Tenant', value: { kind: 'exact', value: '-i "a b" $HOME' } } }, action: toPool },
      { match: { query: { name: 'to', value: { kind: 'suffix', value: 'pool +' } } }, action: toPool },
      { match: { source: ['10.0.0.0/8', '127.0.0.1'], ...under('/me') }, action: toPool },
      { match: { source: ['10.0.0.0/8'] }, action: { kind: 'deny', status: 403 } },
    ];
    await serve(front({ rules }), behind());
    expect((await ask('/', { 'x-tenant': '-i "a b" $HOME' })).body).toBe('pool');
    expect((await ask('/', { 'x-tenant': 'a' })).body).not.toBe('pool');
    expect((await ask('/?a=1&to=the%20pool%20%2B')).body).toBe('pool');
    expect((await ask('/me')).body).toBe('pool');
    expect((await ask('/')).status).toBe(200);
  });

  it('leave the rules of the chosen pool to its own clients, and take the pool of a disabled service', async () => {
    const own: Rules = [
      { match: under('/'), action: { kind: 'deny', status: 403 } },
      { match: under('/'), action: { kind: 'service', virtualService: virtualServiceId(1) } },
    ];
    await serve(front({ rules: [{ match: under('/'), action: toPool }] }), behind({ rules: own }));
    expect((await ask('/')).body).toBe('pool');
    expect((await ask('/', {}, poolPort)).status).toBe(403);
    await serve(front({ rules: [{ match: under('/'), action: toPool }] }), behind({ rules: own }, false));
    expect((await ask('/')).body).toBe('pool');
  });

  it('send to one real server, past the cookie of another, and it comes and goes without a reload', async () => {
    const fields: Partial<HttpService> = {
      rules: [{ match: under('/2'), action: toSecond }],
      persistence: { kind: 'none' },
    };
    await serve(front(fields));
    for (let turn = 0; turn < 4; turn += 1) expect((await ask('/2')).body).toBe('second');
    expect(await serve(front({}, own))).toBe('reload');
    expect(await serve(front({}, own.slice(0, 1)))).toBe('runtime');
    const cookie: HttpService['persistence'] = { kind: 'http-cookie', cookieName: 'SERVERID' };
    await serve(front({ ...fields, persistence: cookie }));
    expect((await ask('/2', { cookie: 'SERVERID=rs11' })).body).toBe('second');
  });
});

const headers = (...rules: readonly HeaderRule[]): Partial<HttpService> => ({
  headers: [...rules],
  forwardedFor: false,
});

it('a change of them is one reload, whose reason names it', async () => {
  await serve(front({}));
  const deny: Rules = [{ match: under('/no'), action: { kind: 'deny', status: 403 } }];
  const rules = await node.serve(front({ rules: deny }));
  expect([rules.method, rules.reloadReasons]).toEqual(['reload', ['front (vs1): rules']]);
  const both = await node.serve(
    front({ rules: deny, headers: [{ action: 'delete', on: 'response', name: 'Server' }] }),
  );
  expect([both.method, both.reloadReasons]).toEqual(['reload', ['front (vs1): headers']]);
});

describe('header rules', () => {
  it('are done in their order, and on answers of HAProxy itself too', async () => {
    await serve(
      front({
        ...headers(
          { action: 'set', on: 'request', name: 'X-One', value: 'a-b-b-c' },
          { action: 'replace', on: 'request', name: 'X-One', find: '-b', value: '+' },
          { action: 'add', on: 'request', name: 'X-One', value: 'again' },
          { action: 'delete', on: 'request', name: 'X-Two' },
          { action: 'set', on: 'response', name: 'X-Frame-Options', value: 'DENY' },
        ),
        rules: [{ match: under('/no'), action: { kind: 'deny', status: 403 } }],
      }),
    );
    const answer = await ask('/', { 'x-two': '2' });
    expect(asked(answer)).toMatchObject({ 'x-one': 'a-b+-c, again' });
    expect(asked(answer)).not.toHaveProperty('x-two');
    expect(answer.headers).toMatchObject({ 'x-frame-options': 'DENY' });
    expect(await ask('/no')).toMatchObject({ status: 403, headers: { 'x-frame-options': 'DENY' } });
  });

  it('carry any value as it stands: nothing in it is a variable, a word or a line', async () => {
    const nasty = fc
      .stringMatching(/^[\x21-\x7e][\x20-\x7e]{0,20}[\x21-\x7e]$/)
      .map((text) => `${text}%[env(HOME)]\\1\\x41"$HOME' #%ci`);
    const values = fc.sample(nasty, { numRuns: 24, seed: 7 });
    const rules = values.flatMap((value, index): HeaderRule[] => [
      { action: 'set', on: 'request', name: `X-Set-${index}`, value },
      { action: 'set', on: 'request', name: `X-Replaced-${index}`, value: `<${value}>` },
      { action: 'replace', on: 'request', name: `X-Replaced-${index}`, find: value, value: `new ${value}` },
    ]);
    await serve(front(headers(...rules.slice(0, 64))));
    const seen = asked(await ask('/'));
    values.slice(0, 21).forEach((value, index) => {
      expect(seen[`x-set-${index}`]).toBe(value);
      expect(seen[`x-replaced-${index}`]).toBe(`<new ${value}>`);
    });
  });
});
