import { SystemClock } from '@evenkeel/kernel/system';
import { describe, expect, it } from '@jest/globals';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { aCheck, ask, monitorBasic } from '../test/ask.ts';
import { cleanUpAfterEach } from '../test/at-end.ts';
import { selfSigned } from '../test/certificate.ts';
import { serveTcp } from '../test/loopback-server.ts';
import { Probes } from './index.ts';

const atEnd = cleanUpAfterEach();

const listen = async (server: Server & { closeAllConnections(): void }): Promise<number> => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  return (server.address() as AddressInfo).port;
};

const serveHttp = (answer: RequestListener): Promise<number> => listen(createServer(answer));

/** A server that is no web server: it says this to whoever has asked something. */
const serveWords = async (say: (socket: Socket) => void): Promise<number> => {
  const { port, stop } = await serveTcp((socket) => socket.once('data', () => say(socket)));
  atEnd(stop);
  return port;
};

describe('the status', () => {
  it('passes when it is the expected one', async () => {
    const port = await serveHttp((_request, response) => response.end());
    expect(await ask({ kind: 'http' }, port)).toMatchObject({
      outcome: 'passed',
      detail: `HEAD / on 127.0.0.1:${port} answered "200 OK"`,
    });
  });

  it('is told when it is another one', async () => {
    const port = await serveHttp((_request, response) => response.writeHead(404).end());
    expect(await ask({ kind: 'http', path: '/app', expectStatus: [200, 204] }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'http-status',
      detail: `HEAD /app on 127.0.0.1:${port} answered "404 Not Found", expected 200 or 204`,
    });
  });

  it('of a redirect is not followed', async () => {
    let asked = 0;
    const port = await serveHttp((request, response) => {
      asked += 1;
      response.writeHead(302, { location: `http://${request.headers.host}/elsewhere` }).end();
    });
    expect(await ask({ kind: 'http', method: 'GET', expectStatus: [302] }, port)).toMatchObject({ outcome: 'passed' });
    expect(asked).toBe(1);
  });

  it('may be 101', async () => {
    const port = await serveWords((socket) =>
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
    );
    expect(await ask({ kind: 'http', expectStatus: [101] }, port)).toMatchObject({ outcome: 'passed' });
  });
});

describe('the request', () => {
  it('carries path, host and its own name, and asks to be the last one', async () => {
    const seen = Promise.withResolvers<unknown>();
    const port = await serveHttp(({ method, url, headers }, response) => {
      seen.resolve({ method, url, headers });
      response.end();
    });
    await ask({ kind: 'http', method: 'GET', path: '/health?deep=1', host: 'pacs.example' }, port);
    expect(await seen.promise).toEqual({
      method: 'GET',
      url: '/health?deep=1',
      headers: { host: 'pacs.example', 'user-agent': 'evenkeel-health', connection: 'close' },
    });
  });

  it('may be OPTIONS, with headers of its own, and keeps what frames the message to itself', async () => {
    const seen = Promise.withResolvers<unknown>();
    const port = await serveHttp(({ method, headers }, response) => {
      seen.resolve({ method, headers });
      response.writeHead(204, { allow: 'GET' }).end();
    });
    const headers = { origin: 'https://viewer.example', 'user-agent': 'watcher' };
    expect(await ask({ kind: 'http', method: 'OPTIONS', headers, expectStatus: [204] }, port)).toMatchObject({
      outcome: 'passed',
      detail: `OPTIONS / on 127.0.0.1:${port} answered "204 No Content"`,
    });
    expect(await seen.promise).toEqual({
      method: 'OPTIONS',
      headers: { ...headers, host: `127.0.0.1:${port}`, connection: 'close' },
    });
  });

  it('names address and port when no host is given', async () => {
    const seen = Promise.withResolvers<string | undefined>();
    const port = await serveHttp(({ headers }, response) => {
      seen.resolve(headers.host);
      response.end();
    });
    await ask({ kind: 'http' }, port);
    expect(await seen.promise).toBe(`127.0.0.1:${port}`);
  });
});

describe('signing in', () => {
  const basicAuth = { secret: 'pacs-monitor' };
  const guarded = (): Promise<number> =>
    serveHttp(({ headers }, response) => {
      if (headers.authorization !== monitorBasic) response.writeHead(401, { 'www-authenticate': 'Basic realm="PACS"' });
      response.end();
    });

  it('is done as RFC 7617 says, and the evidence has the name of the secret alone', async () => {
    const port = await guarded();
    expect(await ask({ kind: 'http', basicAuth }, port)).toMatchObject({
      outcome: 'passed',
      detail: `HEAD / on 127.0.0.1:${port} with the credentials of pacs-monitor answered "200 OK"`,
    });
  });

  it.each([401, 403])('that ends with %i says something of the credentials, and of no death', async (status) => {
    const port = await serveHttp((_request, response) => response.writeHead(status).end());
    expect(await ask({ kind: 'http', basicAuth }, port)).toMatchObject({
      outcome: 'alive-but-refused',
      reason: 'credentials-refused',
      detail: expect.stringMatching(/with the credentials of pacs-monitor answered "40[13] .*", expected 200$/),
    });
    expect(await ask({ kind: 'http' }, port)).toMatchObject({ outcome: 'failed', reason: 'http-status' });
    expect(await ask({ kind: 'http', basicAuth, expectStatus: [status] }, port)).toMatchObject({ outcome: 'passed' });
  });

  it('that ends with another status is a failure like any other', async () => {
    const port = await serveHttp((_request, response) => response.writeHead(500).end());
    expect(await ask({ kind: 'http', basicAuth }, port)).toMatchObject({ outcome: 'failed', reason: 'http-status' });
  });

  it('is not replaced by asking as nobody where the credentials are missing', async () => {
    let asked = 0;
    const port = await serveHttp((_request, response) => {
      asked += 1;
      response.end();
    });
    expect(await ask({ kind: 'http', basicAuth: { secret: 'other' } }, port)).toMatchObject({
      outcome: 'not-asked',
      reason: 'secret-missing',
      detail: 'not asked: this checker does not have the credentials of other: nobody knows other',
    });
    expect(asked).toBe(0);
  });

  it('waits for credentials no longer than the timeout', async () => {
    const never = new Probes(new SystemClock(), undefined, { identityOf: () => new Promise(() => undefined) });
    const check = aCheck({ kind: 'http', basicAuth, timeout: '100ms' });
    expect(await never.probe(check, { address: '127.0.0.1', port: 9 })).toMatchObject({
      outcome: 'not-asked',
      reason: 'secret-missing',
      detail: expect.stringContaining('they did not come in time'),
    });
  });
});

describe('the body', () => {
  const get = { kind: 'http', method: 'GET', expectBody: 'database: up' } as const;

  it('passes when it holds the text, also across two pieces', async () => {
    const port = await serveHttp((_request, response) => {
      response.write('status\ndatab');
      setTimeout(() => response.end('ase: up\n'), 50);
    });
    expect(await ask(get, port)).toMatchObject({ outcome: 'passed' });
  });

  it('passes at once when the text has come, though the answer never ends', async () => {
    const port = await serveHttp((_request, response) => void response.write('database: up\n'));
    const result = await ask(get, port);
    expect(result).toMatchObject({ outcome: 'passed' });
    expect(result.tookMs).toBeLessThan(4_000);
  });

  it('fails without the text', async () => {
    const port = await serveHttp((_request, response) => response.end('database: down\n'));
    expect(await ask(get, port)).toMatchObject({
      reason: 'http-body',
      detail: `GET / on 127.0.0.1:${port} answered "200 OK", but the body does not contain "database: up"`,
    });
  });

  it('is read to 64 KiB and no further', async () => {
    const port = await serveHttp((_request, response) => response.end(`${'x'.repeat(64 * 1024)}database: up`));
    expect(await ask(get, port)).toMatchObject({ reason: 'http-body' });
  });

  it('is waited for no longer than the timeout', async () => {
    const port = await serveHttp((_request, response) => void response.write('data'));
    const result = await ask({ ...get, timeout: '200ms' }, port);
    expect(result).toMatchObject({ outcome: 'failed', reason: 'http-timeout' });
    expect(result.detail).toContain('answered "200 OK", then the body: no complete answer within 200ms');
    expect(result.tookMs).toBeLessThan(5_000);
  });

  it('that breaks off says so', async () => {
    const port = await serveHttp((_request, response) => {
      response.writeHead(200, { 'content-length': 1_000 }).write('data');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await ask(get, port)).toMatchObject({ outcome: 'failed', reason: 'connection-closed' });
  });
});

describe('what is no answer', () => {
  it('nothing at all: times out and says that the connection was there', async () => {
    const port = await serveWords(() => undefined);
    const result = await ask({ kind: 'http', timeout: '200ms' }, port);
    expect(result).toMatchObject({ reason: 'http-timeout' });
    expect(result.detail).toBe(`HEAD / on 127.0.0.1:${port}: no complete answer within 200ms`);
  });

  it('a slow drip of header bytes: times out all the same', async () => {
    const port = await serveWords((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const drip = setInterval(() => socket.write('x'), 20);
      socket.once('close', () => clearInterval(drip));
    });
    const result = await ask({ kind: 'http', timeout: '300ms' }, port);
    expect(result).toMatchObject({ reason: 'http-timeout' });
    expect(result.tookMs).toBeLessThan(5_000);
  });

  it('endless headers: gives up after 16 KiB, long before the timeout', async () => {
    let sent = 0;
    const port = await serveWords((socket) => {
      const more = () => {
        while (!socket.destroyed && socket.write('x-more: and more\r\n'.repeat(100)));
        sent = socket.bytesWritten;
      };
      socket.write('HTTP/1.1 200 OK\r\n');
      socket.on('drain', more);
      more();
    });
    const result = await ask({ kind: 'http', timeout: '5s' }, port);
    expect(result).toMatchObject({ outcome: 'failed', reason: 'http-malformed' });
    expect(result.tookMs).toBeLessThan(4_000);
    expect(sent).toBeLessThan(16 << 20); // what the kernel buffers on both sides
  });

  it.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'http-malformed'],
    ['half a header', 'HTTP/1.1 200 OK\r\nServ', 'connection-closed'],
    ['a closed connection', '', 'connection-closed'],
  ])('%s', async (_what, words, reason) => {
    const port = await serveWords((socket) => socket.end(words));
    expect(await ask({ kind: 'http' }, port)).toMatchObject({ outcome: 'failed', reason });
  });

  it('a reset', async () => {
    const port = await serveWords((socket) => socket.resetAndDestroy());
    expect(await ask({ kind: 'http' }, port)).toMatchObject({ outcome: 'failed', reason: 'connection-closed' });
  });
});

describe('evidence', () => {
  it('is one line without control characters, 512 at most, whatever the server calls its status', async () => {
    const port = await serveWords((socket) =>
      socket.end(`HTTP/1.1 500 \x9b31mBad\t${'long '.repeat(500)}\r\n\r\n`, 'latin1'),
    );
    const { detail } = await ask({ kind: 'http' }, port);
    expect(detail).toMatch(/^HEAD \/ on [\d.:]+ answered "500 \ufffd31mBad\ufffdlong /);
    expect(detail).toHaveLength(512);
  });
});

describe('over TLS', () => {
  it('does not mind a self-signed certificate unless told to verify', async () => {
    const port = await listen(createTlsServer(await selfSigned(), (_request, response) => response.end()));
    expect(await ask({ kind: 'http', tls: {} }, port)).toMatchObject({
      outcome: 'passed',
      detail: `HEAD / on 127.0.0.1:${port} (TLS) answered "200 OK"`,
    });
    expect(await ask({ kind: 'http', tls: { verify: true, serverName: 'pacs.example' } }, port)).toMatchObject({
      outcome: 'failed',
      reason: 'tls-failed',
      detail: `TLS with 127.0.0.1:${port} failed: self-signed certificate`,
    });
  });

  const expiring = async (days: number) => {
    const server = createTlsServer(await selfSigned(days), (_request, response) => response.end());
    return ask({ kind: 'http', tls: {} }, await listen(server));
  };
  const inDays = (days: number): string => new Date(Date.now() + (days + 0.5) * 86_400_000).toISOString().slice(0, 10);

  it('shows in the evidence whose certificate it was and when that ends', async () => {
    const { certificate, detail } = await expiring(90);
    expect(certificate?.subject).toBe('CN=pacs.example');
    expect(certificate?.notAfter).toMatch(new RegExp(`^${inDays(90)}T`));
    expect(detail).toMatch(/answered "200 OK"$/);
  });

  it('warns of a certificate that ends within two weeks, or has ended', async () => {
    expect((await expiring(13)).detail).toMatch(
      new RegExp(`"200 OK"; its certificate \\(CN=pacs.example\\) ends on ${inDays(13)}, in 13 days$`),
    );
    expect((await expiring(-2)).detail).toMatch(
      new RegExp(`"200 OK"; its certificate \\(CN=pacs.example\\) ended on ${inDays(-2)}$`),
    );
  });

  it('sends the server name that the check gives', async () => {
    const name = Promise.withResolvers<string>();
    const server = createTlsServer(
      { ...(await selfSigned()), SNICallback: (asked, found) => (name.resolve(asked), found(null)) },
      (_request, response) => response.end(),
    );
    await ask({ kind: 'http', tls: { serverName: 'pacs.example' } }, await listen(server));
    expect(await name.promise).toBe('pacs.example');
  });

  it('says that the server does not speak TLS', async () => {
    const port = await serveHttp((_request, response) => response.end());
    expect(await ask({ kind: 'http', tls: {} }, port)).toMatchObject({ outcome: 'failed', reason: 'tls-failed' });
  });

  it('says that the handshake does not end', async () => {
    const port = await serveWords(() => undefined);
    const result = await ask({ kind: 'http', tls: {}, timeout: '200ms' }, port);
    expect(result).toMatchObject({ reason: 'tls-failed' });
    expect(result.detail).toBe(
      `127.0.0.1:${port} accepted the connection but did not finish the TLS handshake within 200ms`,
    );
    expect(result.tookMs).toBeLessThan(5_000);
  });
});
