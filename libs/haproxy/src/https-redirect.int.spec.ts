import { createConnection } from 'node:net';
import { type HttpsRedirect } from '@evenkeel/contracts';
import { type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { freePort } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, webServer } from '../test/back-ends.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// A service that redirects to HTTPS, as a client sees it through a real HAProxy.

let server: BackEnd;
beforeAll(async () => {
  server = await webServer('first');
});
afterAll(() => server.close());

let node: RealNode;
let port = 0;
beforeEach(async () => {
  node = await realNode();
  port = await freePort();
});
afterEach(() => node.dispose());

const redirect = (fields: Partial<HttpsRedirect> = {}, enabled = true): ServiceSketch => ({
  ...{ number: 1, enabled, realServers: [] },
  spec: { label: 'WEB', address: '127.0.0.1', ports: [port], mode: 'http', action: 'redirect-to-https', ...fields },
});
const balance = (): ServiceSketch => ({
  number: 1,
  spec: { label: 'WEB', address: '127.0.0.1', ports: [port], mode: 'http' },
  realServers: [{ number: 11, spec: { label: 'first', address: '127.0.0.1', port: server.port } }],
});
const serve = async (...services: readonly ServiceSketch[]) => {
  const round = await node.serve(...services);
  expect([round.rejection, round.waitingFor]).toEqual([undefined, []]);
  return round;
};

/** The head of the answer to what is written here, byte by byte: no client library puts a word in. */
const answerTo = (...lines: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = createConnection(port, '127.0.0.1', () => socket.write([...lines, '', ''].join('\r\n')));
    socket.setEncoding('latin1').on('data', (part: string) => {
      answer += part;
      if (answer.includes('\r\n\r\n')) socket.destroy();
    });
    socket.once('error', reject).once('close', () => resolve(answer));
  });
const asked = async (host: string, request = 'GET /viewer?study=1.2&x=%2F HTTP/1.1') => {
  const answer = await answerTo(request, `Host: ${host}`);
  return [answer.split(' ')[1], /^location: (.*)\r$/im.exec(answer)?.[1]];
};

describe('a redirect to HTTPS', () => {
  it('keeps host, path and query, and never the port of HTTP', async () => {
    await serve(redirect());
    const location = 'https://pacs.example.org/viewer?study=1.2&x=%2F';
    expect(await asked('pacs.example.org')).toEqual(['302', location]);
    expect(await asked(`pacs.example.org:${port}`)).toEqual(['302', location]);
    expect(await asked('192.168.85.150:80')).toEqual(['302', 'https://192.168.85.150/viewer?study=1.2&x=%2F']);
    expect(await asked('[2001:db8::1]:80')).toEqual(['302', 'https://[2001:db8::1]/viewer?study=1.2&x=%2F']);
    expect(await asked('a.example:80', 'GET http://a.example:80/x HTTP/1.1')).toEqual(['302', 'https://a.example/x']);
  });

  it.each([301, 302, 303, 307, 308] as const)('answers with code %d', async (code) => {
    await serve(redirect({ redirect: { code, port: 443 } }));
    expect(await asked('a.example', 'POST / HTTP/1.1')).toEqual([String(code), 'https://a.example/']);
  });

  it('names a port of HTTPS that is not the usual one', async () => {
    await serve(redirect({ redirect: { code: 302, port: 8443 } }));
    expect(await asked(`a.example:${port}`)).toEqual(['302', 'https://a.example:8443/viewer?study=1.2&x=%2F']);
  });

  it('leads nowhere else, however the path begins', async () => {
    await serve(redirect());
    expect(await asked('a.example', 'GET //evil.example/ HTTP/1.1')).toEqual([
      '302',
      'https://a.example//evil.example/',
    ]);
  });

  it('refuses a request that names no host: nobody knows where it should go', async () => {
    await serve(redirect());
    expect(await answerTo('GET / HTTP/1.0')).toMatch(/^HTTP\/1\.[01] 400 /);
    expect((await asked('', 'GET / HTTP/1.1'))[0]).toBe('400');
    expect((await asked(':80', 'GET / HTTP/1.1'))[0]).toBe('400');
  });

  it('does not listen while it is disabled, and takes one reload to come and to go', async () => {
    await serve(redirect());
    const round = await serve(redirect({}, false));
    expect(round.reloadReasons).toEqual(['WEB (vs1): disabled']);
    await expect(asked('a.example')).rejects.toThrow('ECONNREFUSED');
  });
});

it('takes the place of a service with real servers, and gives it back, each in one reload that says so', async () => {
  await serve(balance());
  expect(await asked('a.example', 'GET / HTTP/1.1')).toEqual(['200', undefined]);
  const there = await serve(redirect());
  expect(there.reloadReasons).toEqual(['WEB (vs1): action, first (rs11) left']);
  expect(await asked('a.example', 'GET / HTTP/1.1')).toEqual(['302', 'https://a.example/']);
  const back = await serve(balance());
  expect(back.reloadReasons).toEqual(['WEB (vs1): action, first (rs11) is new']);
  expect(await asked('a.example', 'GET / HTTP/1.1')).toEqual(['200', undefined]);
  expect((await serve(balance())).method).toBe('none');
});
