import { type RealServerSketch, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { type EngineRound } from '@evenkeel/data-plane';
import { type ServiceFields } from '@evenkeel/testing';
import { describeNeeding, freePort, makeTempFolder } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, Client, echoServer, get, webServer } from '../test/back-ends.ts';
import { selfSigned } from '../test/certificate.ts';
import { startNginx } from '../test/nginx.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// A server of last resort: who gets there, and who goes back when.

let node: RealNode;
let port: number;
let ends: (() => unknown)[];
beforeEach(async () => {
  node = await realNode();
  port = await freePort();
  ends = [];
});
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  await node.dispose();
});

const started = async (server: Promise<BackEnd>): Promise<BackEnd> => {
  ends.push(async () => (await server).close());
  return server;
};
const behind = (
  number: number,
  at: { readonly port: number },
  state: Partial<RealServerSketch> = {},
): RealServerSketch => ({
  number,
  ...state,
  spec: { label: `PACS${number}`, address: '127.0.0.1', port: at.port, ...state.spec },
});
const serve = async (spec: ServiceFields, ...realServers: readonly RealServerSketch[]): Promise<EngineRound> => {
  const service: ServiceSketch = {
    number: 1,
    spec: { address: '127.0.0.1', ports: [port], ...spec },
    realServers,
  };
  const round = await node.serve(service);
  expect(round).toMatchObject({ waitingFor: [] });
  expect(round.rejection).toBeUndefined();
  return round;
};
const down: Partial<RealServerSketch> = { verdict: 'down' };
const to = (server: { readonly port: number }, fields: object = {}) => ({
  kind: 'server' as const,
  address: '127.0.0.1',
  port: server.port,
  ...fields,
});
const both = { kind: 'http-cookie-and-source-ip' } as const;

describe('a service in panic', () => {
  it('sends clients to all or to nobody, as it says, and back, without a reload', async () => {
    const servers = await Promise.all(['one', 'two'].map((name) => started(webServer(name))));
    const last = await started(webServer('last'));
    const served = (then: 'serve-all' | 'serve-none', ...states: readonly Partial<RealServerSketch>[]) =>
      serve(
        { mode: 'http', balance: 'round-robin', fallback: to(last), panic: { below: 100, then } },
        ...servers.map((server, index) => behind(index + 2, server, states[index])),
      );
    const answers = async () => {
      const asked = [await get(port), await get(port), await get(port), await get(port)];
      return [...new Set(asked.map(({ body }) => body))].toSorted();
    };
    await served('serve-all');
    expect(await served('serve-all', down)).toMatchObject({ reloadReasons: [] });
    expect(await answers()).toEqual(['one', 'two']);
    expect(await served('serve-none', down)).toMatchObject({ method: 'runtime' });
    expect(await answers()).toEqual(['last']);
    expect(await served('serve-none')).toMatchObject({ method: 'runtime' });
    expect(await answers()).toEqual(['one', 'two']);
  });
});

describe('a fallback server of HTTP', () => {
  it.each<[string, Partial<RealServerSketch>]>([
    ['is down', down],
    ['is halted', { intent: { intent: 'halt', connections: 'finish' } }],
    ['takes no new clients', { spec: { weight: 0 } }],
  ])('answers when the last real server %s, without a reload, and nobody before', async (_, state) => {
    const [one, last] = [await started(webServer('one')), await started(webServer('last'))];
    const spec: ServiceFields = { mode: 'http', fallback: to(last) };
    await serve(spec, behind(2, one));
    for (let asked = 0; asked < 4; asked += 1) expect((await get(port)).body).toBe('one');
    expect(await serve(spec, behind(2, one, state))).toMatchObject({ method: 'runtime' });
    expect((await get(port)).body).toBe('last');
    await serve(spec, behind(2, one));
    expect((await get(port)).body).toBe('one');
  });

  it('ties nobody to itself: clients go back to their own real server at once', async () => {
    const servers = await Promise.all(['one', 'two', 'three'].map((name) => started(webServer(name))));
    const spec: ServiceFields = { mode: 'http', persistence: both, fallback: to(await started(webServer('last'))) };
    const all = (state: Partial<RealServerSketch> = {}) =>
      servers.map((server, index) => behind(index + 2, server, state));
    await serve(spec, ...all());
    const clients = ['127.0.0.5', '127.0.0.6', '127.0.0.7'];
    const before = await Promise.all(clients.map((from) => get(port, { from })));
    await serve(spec, ...all(down));
    const meanwhile = await Promise.all(
      clients.map((from, index) => get(port, { from, cookie: before[index]?.cookie ?? '' })),
    );
    expect(meanwhile.map(({ body }) => body)).toEqual(['last', 'last', 'last']);
    await serve(spec, ...all());
    const after = await Promise.all(clients.map((from) => get(port, { from })));
    expect(after.map(({ body }) => body)).toEqual(before.map(({ body }) => body));
  });

  it('keeps its clients where it is told to, by cookie and by table, and takes no others', async () => {
    const [one, last] = [await started(webServer('one')), await started(webServer('last'))];
    const spec: ServiceFields = { mode: 'http', persistence: both, fallback: to(last, { persist: true }) };
    await serve(spec, behind(2, one, down));
    const { cookie } = await get(port, { from: '127.0.0.5' });
    expect(cookie).toBe('SERVERID=fallback');
    await serve(spec, behind(2, one));
    expect((await get(port, { from: '127.0.0.5' })).body).toBe('last');
    expect((await get(port, { from: '127.0.0.6', cookie: cookie ?? '' })).body).toBe('last');
    expect((await get(port, { from: '127.0.0.7' })).body).toBe('one');
  });

  it('hears nothing of the PROXY protocol that real servers expect', async () => {
    const [one, last] = [await started(webServer('one')), await started(webServer('last'))];
    await serve({ mode: 'http', sendProxy: 'v1', fallback: to(last) }, behind(2, one, down));
    expect((await get(port)).body).toBe('last');
  });

  it('is there for a service without real servers, stays when some come and go, and costs a reload with its name', async () => {
    const [one, last] = [await started(webServer('one')), await started(webServer('last'))];
    await serve({ mode: 'http' });
    expect(await serve({ mode: 'http', fallback: to(last) })).toMatchObject({
      reloadReasons: ['DICOM (vs1): fallback'],
    });
    expect((await get(port)).body).toBe('last');
    expect(await serve({ mode: 'http', fallback: to(last) }, behind(2, one))).toMatchObject({ method: 'runtime' });
    expect((await get(port)).body).toBe('one');
    expect(await serve({ mode: 'http', fallback: to(last) })).toMatchObject({ method: 'runtime' });
    expect((await get(port)).body).toBe('last');
  });
});

describeNeeding(describe, 'nginx')('a fallback server that wants TLS', () => {
  it('gets it, though real servers do not', async () => {
    const folder = await makeTempFolder('certificates');
    ends.push(() => folder.remove());
    const { key, certificate } = await selfSigned(folder.path, 'last.example');
    const last = await startNginx(
      'listen 127.0.0.1:PORT ssl; ssl_certificate a.crt; ssl_certificate_key a.key; location / { return 200 "last"; }',
      { 'a.crt': certificate, 'a.key': key },
    );
    ends.push(() => last.stop());
    const one = await started(webServer('one'));
    await serve({ mode: 'http', fallback: to(last, { tls: true }) }, behind(2, one, down));
    expect((await get(port)).body).toBe('last');
  });
});

describe('a fallback server of TCP', () => {
  const talk = async (from = '127.0.0.1'): Promise<string> => {
    const client = await Client.connect(port, from);
    client.close();
    return client.server;
  };

  it('answers when nobody else does, and the table brings clients back', async () => {
    const servers = await Promise.all(['one', 'two'].map((name) => started(echoServer(name))));
    const last = await started(echoServer('last'));
    const spec: ServiceFields = { persistence: { kind: 'source-ip' }, fallback: to(last), balance: 'round-robin' };
    const all = (state: Partial<RealServerSketch> = {}) =>
      servers.map((server, index) => behind(index + 2, server, state));
    await serve(spec, ...all());
    const clients = ['127.0.0.5', '127.0.0.6', '127.0.0.7'];
    const talkAll = async () => [await talk(clients[0]), await talk(clients[1]), await talk(clients[2])];
    const before = await talkAll();
    await serve(spec, ...all(down));
    expect(await talkAll()).toEqual(['last', 'last', 'last']);
    await serve(spec, ...all());
    expect(await talkAll()).toEqual(before);
  });
});
