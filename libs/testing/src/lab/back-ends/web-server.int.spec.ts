import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { curl, type CurlOptions } from '../clients/curl.ts';
import { freePort } from '../programs/free-port.ts';
import { describeNeeding } from '../programs/needs.ts';
import { thisMachine } from '../programs/place.ts';
import { NotInTime } from '../programs/until.ts';
import { type BackEnd } from './back-end.ts';
import { startWebServer } from './web-server.ts';

describeNeeding(describe, 'curl')('the small web server', () => {
  const address = '127.0.0.1';
  let port: number;
  let server: BackEnd;
  const ask = (path: string, options?: CurlOptions): ReturnType<typeof curl> =>
    curl(thisMachine, `http://${address}:${port}${path}`, options);

  beforeAll(async () => {
    port = await freePort();
    server = await startWebServer({ address, port, name: 'web1' });
  });
  afterAll(() => server.stop());

  it('says who it is, to GET and to HEAD', async () => {
    expect(await ask('/')).toMatchObject({ status: 200, body: 'web1\n' });
    const head = await ask('/', { method: 'HEAD' });
    expect({ status: head.status, server: head.headers.get('x-server') }).toEqual({ status: 200, server: 'web1' });
  });

  it('knows no other page when nobody stands behind it', async () => {
    expect(await ask('/system')).toMatchObject({ status: 404 });
  });

  it('fails to start on a port that is taken, and the failure says so', async () => {
    const second = startWebServer({ address, port, name: 'late' });
    await expect(second).rejects.toThrow(NotInTime);
    await expect(second).rejects.toThrow(/web server late answers: the process has ended[^]*EADDRINUSE/);
  });
});
