import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type RealServerSketch } from '@evenkeel/data-plane/test/layer7';
import { type ServiceFields } from '@evenkeel/testing';
import { describeNeeding, freePort } from '@evenkeel/testing/lab';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, get } from '../test/back-ends.ts';
import { type Nginx, startNginx } from '../test/nginx.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// Real servers that know whom they talk to, because HAProxy says so before the client's first byte.

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

const behind = (number: number, at: { readonly port: number }): RealServerSketch => ({
  number,
  spec: { label: `at_${at.port}`, address: '127.0.0.1', port: at.port },
});
const serve = async (spec: ServiceFields, ...realServers: readonly RealServerSketch[]) => {
  const where = { address: '127.0.0.1', ports: [port] };
  const round = await node.serve({ number: 1, spec: { ...where, ...spec }, realServers });
  expect(round).toMatchObject({ waitingFor: [] });
  expect(round.rejection).toBeUndefined();
  return round;
};
/** Says whom it was told of, and takes nobody who tells of nobody. */
const nginx = async (name: string): Promise<Nginx> => {
  const server = await startNginx(
    `listen 127.0.0.1:PORT proxy_protocol; location / { return 200 "${name} $proxy_protocol_addr"; }`,
  );
  ends.push(() => server.stop());
  return server;
};

describeNeeding(describe, 'nginx')('a real server that expects it', () => {
  it.each(['v1', 'v2', 'v2-ssl', 'v2-ssl-cn'] as const)(
    'tells nginx the address of the client, %s',
    async (sendProxy) => {
      await serve({ mode: 'http', sendProxy }, behind(2, await nginx('one')));
      expect((await get(port, { from: '127.0.0.8' })).body).toBe('one 127.0.0.8');
    },
  );

  it('tells nobody anything unless told to', async () => {
    await serve({ mode: 'http' }, behind(2, await nginx('one')));
    expect((await get(port)).status).not.toBe(200);
  });

  it('tells a real server that was added while HAProxy runs', async () => {
    const [one, two] = [await nginx('one'), await nginx('two')];
    const fields: ServiceFields = { mode: 'http', sendProxy: 'v2', balance: 'round-robin' };
    await serve(fields, behind(2, one));
    expect(await serve(fields, behind(2, one), behind(3, two))).toMatchObject({ method: 'runtime' });
    const answers = [await get(port, { from: '127.0.0.8' }), await get(port, { from: '127.0.0.8' })];
    expect(answers.map(({ body }) => body).toSorted()).toEqual(['one 127.0.0.8', 'two 127.0.0.8']);
  });

  it('names the field as the reason of the reload that it costs', async () => {
    const one = await nginx('one');
    await serve({ mode: 'http' }, behind(2, one));
    const round = await serve({ mode: 'http', sendProxy: 'v1' }, behind(2, one));
    expect(round.reloadReasons).toEqual(['DICOM (vs1): sendProxy']);
  });
});

it('says it in mode tcp before the first byte of the client', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (first: Buffer) => socket.write(first));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  ends.push(() => server.close());
  await serve({ sendProxy: 'v1' }, behind(2, server.address() as AddressInfo));
  const client = await Client.connect(port, '127.0.0.9');
  ends.push(() => client.close());
  expect(client.server).toMatch(/^PROXY TCP4 127\.0\.0\.9 127\.0\.0\.1 \d+ \d+\r$/);
});
