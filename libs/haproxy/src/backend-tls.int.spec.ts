import { type RealServerSketch } from '@evenkeel/data-plane/test/layer7';
import { type HttpService } from '@evenkeel/contracts';
import { type EngineRound } from '@evenkeel/data-plane';
import { type ServiceFields } from '@evenkeel/testing';
import { describeNeeding, freePort, makeTempFolder, type TempFolder, unmetNeeds } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { get, webServer } from '../test/back-ends.ts';
import { type Certificate, haproxyThatTrusts, selfSigned } from '../test/certificate.ts';
import { startNginx } from '../test/nginx.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';

// Plain HTTP to the client, TLS to a real nginx. It trusts one certificate: that of pacs.example.

let folder: TempFolder;
let trusted: Certificate;
let unknown: Certificate;
let haproxy: string | undefined;
beforeAll(async () => {
  folder = await makeTempFolder('certificates');
  [trusted, unknown] = [await selfSigned(folder.path, 'pacs.example'), await selfSigned(folder.path, 'other.example')];
  if (unmetNeeds('root').length === 0) haproxy = await haproxyThatTrusts(folder.path, trusted);
});
afterAll(() => folder.remove());

let node: RealNode;
let port: number;
let ends: (() => unknown)[];
beforeEach(async () => {
  node = await realNode(haproxy);
  port = await freePort();
  ends = [];
});
afterEach(async () => {
  await Promise.all(ends.map((end) => end()));
  await node.dispose();
});

/** Answers with its name, and with the server name that it was asked for in TLS. */
const secure = async (name: string, { key, certificate }: Certificate): Promise<{ readonly port: number }> => {
  const tls = 'ssl_certificate server.crt; ssl_certificate_key server.key;';
  const server = await startNginx(
    `listen 127.0.0.1:PORT ssl; ${tls} location / { return 200 "${name} $ssl_server_name"; }`,
    { 'server.crt': certificate, 'server.key': key },
  );
  ends.push(() => server.stop());
  return server;
};
const plain = async (name: string): Promise<{ readonly port: number }> => {
  const server = await webServer(name);
  ends.push(() => server.close());
  return server;
};
type Tls = 'inherit' | 'on' | 'off';
const behind = (number: number, at: { readonly port: number }, tls: Tls = 'inherit'): RealServerSketch => ({
  number,
  spec: { label: `PACS${number}`, address: '127.0.0.1', port: at.port, tls },
});
const serve = async (
  backendTls: HttpService['backendTls'],
  ...realServers: readonly RealServerSketch[]
): Promise<EngineRound> => {
  const where = { label: 'WEB', address: '127.0.0.1', ports: [port] };
  const spec: ServiceFields = { ...where, mode: 'http', backendTls, balance: 'round-robin' };
  const round = await node.serve({ number: 1, spec, realServers });
  expect(round).toMatchObject({ waitingFor: [] });
  expect(round.rejection).toBeUndefined();
  return round;
};
const answers = async (count = 1): Promise<readonly string[]> => {
  const got: string[] = [];
  for (let asked = 0; asked < count; asked += 1) {
    const { status, body } = await get(port);
    got.push(status === 200 ? body.trim() : String(status));
  }
  return got.toSorted();
};
const unverified = { kind: 'on', verify: false } as const;
const verified = { kind: 'on', verify: true, serverName: 'pacs.example' } as const;

describeNeeding(describe, 'nginx')('without verification', () => {
  it('takes any certificate, and asks for no name unless there is one', async () => {
    const one = await secure('one', unknown);
    await serve(unverified, behind(2, one));
    expect(await answers()).toEqual(['one']);
    await serve({ ...unverified, serverName: 'any.example' }, behind(2, one));
    expect(await answers()).toEqual(['one any.example']);
  });
});

describeNeeding(
  describe,
  'root',
  'nginx',
)('with verification', () => {
  it('serves from a real server with the right name whose authority the system trusts', async () => {
    await serve(verified, behind(2, await secure('one', trusted)));
    expect(await answers()).toEqual(['one pacs.example']);
  });

  it('gives a client an error, and the real server no request, when nobody trusts the authority', async () => {
    await serve(verified, behind(2, await secure('one', unknown)));
    expect(await answers()).toEqual(['503']);
  });

  it('does so too when the certificate is trusted and made out to another name', async () => {
    await serve({ ...verified, serverName: 'ris.example' }, behind(2, await secure('one', trusted)));
    expect(await answers()).toEqual(['503']);
  });

  it('goes on with a real server that can prove itself', async () => {
    await serve(verified, behind(2, await secure('one', unknown)), behind(3, await secure('two', trusted)));
    expect(await answers(4)).toEqual(Array.from({ length: 4 }, () => 'two pacs.example'));
  });

  it('holds for a real server that was added while HAProxy runs', async () => {
    const [one, two] = [await secure('one', trusted), await secure('two', unknown)];
    await serve(verified, behind(2, one));
    expect(await serve(verified, behind(2, one), behind(3, two))).toMatchObject({ method: 'runtime' });
    expect(await answers(4)).toEqual(Array.from({ length: 4 }, () => 'one pacs.example'));
    const three = await secure('three', trusted);
    expect(await serve(verified, behind(2, one), behind(4, three))).toMatchObject({ method: 'runtime' });
    expect(await answers(2)).toEqual(['one pacs.example', 'three pacs.example']);
  });
});

describeNeeding(describe, 'nginx')('a real server of its own mind', () => {
  it('is spoken to in plain, or in TLS, whatever the service says, and after a reload too', async () => {
    const [one, two] = [await secure('one', unknown), await plain('two')];
    await serve(unverified, behind(2, one), behind(3, two, 'off'));
    expect(await answers(2)).toEqual(['one', 'two']);
    await serve({ kind: 'off' }, behind(2, one, 'on'), behind(3, two));
    expect(await answers(2)).toEqual(['one', 'two']);
  });

  it('can be added while HAProxy runs', async () => {
    const [one, two] = [await secure('one', unknown), await plain('two')];
    await serve(unverified, behind(2, one));
    expect(await serve(unverified, behind(2, one), behind(3, two, 'off'))).toMatchObject({ method: 'runtime' });
    expect(await answers(2)).toEqual(['one', 'two']);
  });

  it('names itself as the reason of the reload that a change of it costs', async () => {
    const one = await secure('one', unknown);
    await serve({ kind: 'off' }, behind(2, one));
    const round = await serve({ kind: 'off' }, behind(2, one, 'on'));
    expect(round.reloadReasons).toEqual(['PACS2 (rs2) goes from plain to TLS in WEB (vs1)']);
    expect(await answers()).toEqual(['one']);
  });
});
