import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { once } from 'node:events';
import { withEvent } from '@evenkeel/cluster';
import { type HttpService, type Revision } from '@evenkeel/contracts';
import { CertificateEngine, type EngineRound, type Picture } from '@evenkeel/data-plane';
import { aPicture } from '@evenkeel/data-plane/test/layer7';
import { anActor, someTime } from '@evenkeel/testing';
import { freePort } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type BackEnd, webServer } from '../test/back-ends.ts';
import { type MadeCertificate, makeCertificate } from '../test/certificates.ts';
import { realNode, type RealNode } from '../test/real-haproxy.ts';
import { HaproxyCertificates } from './haproxy-certificates.ts';
import { request } from './socket-request.ts';

// A real HAProxy, and clients that look at the certificate that they get.

let web: BackEnd;
beforeAll(async () => {
  web = await webServer('web');
});
afterAll(() => web.close());

let node: RealNode;
let port: number;
let engine: CertificateEngine;
let store: Map<string, string>;
const sockets: TLSSocket[] = [];
beforeEach(async () => {
  [node, port] = [await realNode(), await freePort()];
  store = new Map();
  engine = withEngine();
});
afterEach(async () => {
  sockets.splice(0).forEach((socket) => socket.destroy());
  await node.dispose();
});

const withEngine = (): CertificateEngine =>
  new CertificateEngine(
    node.engine,
    new HaproxyCertificates({
      folder: node.folder,
      host: node.process,
      bring: ({ facts }) => {
        const pem = store.get(facts.material);
        return pem === undefined ? Promise.reject(new Error('config did not answer')) : Promise.resolve(pem);
      },
    }),
  );

const made = async (...names: readonly string[]): Promise<MadeCertificate> => {
  const certificate = await makeCertificate(node.folder, ...names);
  store.set(certificate.facts.material, certificate.pem);
  return certificate;
};

const occasion = { revision: 1 as Revision, time: someTime, actor: anActor(), reason: undefined };
const pictureOf = (certificates: Readonly<Record<string, MadeCertificate>>, tls?: HttpService['tls']): Picture => {
  const spec = { mode: 'http' as const, address: '127.0.0.1', ports: [port], ...(tls === undefined ? {} : { tls }) };
  const realServers = [{ number: 2, spec: { label: 'web', address: '127.0.0.1', port: web.port } }];
  const picture = aPicture({ services: [{ number: 1, spec, realServers }] });
  const cluster = Object.entries(certificates).reduce(
    (state, [certificate, { facts }]) => withEvent(state, { kind: 'CertificateStored', certificate, facts }, occasion),
    picture.cluster,
  );
  return { ...picture, cluster };
};
const shows = (...certificates: string[]): HttpService['tls'] => ({ certificates, minimumVersion: '1.2' });

const converge = async (picture: Picture): Promise<EngineRound> => {
  const round = await engine.converge(picture);
  expect([round.rejection, round.waitingFor]).toEqual([undefined, []]);
  return round;
};
const dial = async (servername = 'a.example', maxVersion?: 'TLSv1.1'): Promise<TLSSocket> => {
  const socket = connect({
    ...{ port, host: '127.0.0.1', servername, rejectUnauthorized: false },
    ...(maxVersion === undefined ? {} : { maxVersion, minVersion: maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' }),
  });
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
};
const fingerprintOn = (socket: TLSSocket): string | undefined =>
  socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase();
const shownTo = async (servername?: string): Promise<string | undefined> => fingerprintOn(await dial(servername));
const ask = async (socket: TLSSocket): Promise<string> => {
  socket.write('GET / HTTP/1.1\r\nHost: a.example\r\n\r\n');
  let heard = '';
  while (!heard.includes('web')) heard += String((await once(socket, 'data'))[0]);
  return heard;
};

it('shows clients the certificate of the host that they ask for, and refuses TLS below the minimum', async () => {
  const [a, b] = [await made('a.example'), await made('b.example')];
  await converge(
    pictureOf(
      { a, b },
      {
        ...shows('a', 'b'),
        certificates: ['a', 'b'],
        minimumVersion: '1.2',
        hsts: { months: 6, includeSubDomains: true },
      },
    ),
  );
  expect([await shownTo('a.example'), await shownTo('b.example'), await shownTo('c.example')]).toEqual([
    a.facts.fingerprint,
    b.facts.fingerprint,
    a.facts.fingerprint,
  ]);
  expect(await ask(await dial())).toContain('strict-transport-security: max-age=15552000; includeSubDomains');
  await expect(dial('a.example', 'TLSv1.1')).rejects.toThrow();
});

it('replaces a certificate without a reload, and an open connection goes on', async () => {
  const [old, fresh] = [await made('a.example'), await made('a.example')];
  await converge(pictureOf({ a: old }, shows('a')));
  const { incarnation } = node.door;
  const open = await dial();
  expect(await ask(open)).toContain('web');
  expect((await converge(pictureOf({ a: fresh }, shows('a')))).method).toBe('runtime');
  expect(await shownTo()).toBe(fresh.facts.fingerprint);
  expect(await ask(open)).toContain('web');
  expect(fingerprintOn(open)).toBe(old.facts.fingerprint);
  expect(node.door.incarnation).toBe(incarnation);
  // A later reload reads the file.
  const changed = pictureOf({ a: fresh }, { certificates: ['a'], minimumVersion: '1.3' });
  expect((await converge(changed)).method).toBe('reload');
  expect(await shownTo()).toBe(fresh.facts.fingerprint);
});

it('keeps the old certificate when HAProxy refuses the new one, and says so', async () => {
  const [old, other] = [await made('a.example'), await made('a.example')];
  await converge(pictureOf({ a: old }, shows('a')));
  store.set(other.facts.material, other.pem.replace(other.key, old.key)); // a key that does not fit
  const round = await engine.converge(pictureOf({ a: other }, shows('a')));
  expect(round.rejection).toMatch(/^certificate a: /);
  expect(round.waitingFor).toEqual(['HAProxy does not run certificate a yet']);
  expect(round.rejection).not.toContain('PRIVATE KEY');
  expect(await shownTo()).toBe(old.facts.fingerprint);
});

it('goes on with the old one while the new one cannot be had, and takes it up once it can', async () => {
  const [old, late] = [await made('a.example'), await made('a.example')];
  await converge(pictureOf({ a: old }, shows('a')));
  store.delete(late.facts.material);
  const round = await engine.converge(pictureOf({ a: late }, shows('a')));
  expect(round.waitingFor).toEqual(['certificate a is not on this node: config did not answer']);
  expect(await shownTo()).toBe(old.facts.fingerprint);
  store.set(late.facts.material, late.pem);
  await converge(pictureOf({ a: late }, shows('a')));
  expect(await shownTo()).toBe(late.facts.fingerprint);
});

it('finds another certificate that somebody put in its place', async () => {
  const [own, foreign] = [await made('a.example'), await made('a.example')];
  const picture = pictureOf({ a: own }, shows('a'));
  await converge(picture);
  const socket = node.process.workerSocket ?? '';
  const file = 'certificates/a.pem';
  await request(socket, `set ssl cert ${file} <<\n${foreign.pem.trim()}\n`);
  await request(socket, `commit ssl cert ${file}`);
  expect(await shownTo()).toBe(foreign.facts.fingerprint);
  const { repairs } = await engine.sweep(picture);
  expect(repairs).toEqual(['HAProxy ran another certificate than a']);
  expect(await shownTo()).toBe(own.facts.fingerprint);
});

it('keeps keys in files that only their owner reads, and none of what the book has no more', async () => {
  const a = await made('a.example');
  await converge(pictureOf({ a }, shows('a')));
  const file = join(node.folder, 'certificates', 'a.pem');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(join(node.folder, 'haproxy.cfg'), 'utf8')).not.toContain(a.key.slice(40, 80));
  await converge(pictureOf({}));
  await expect(stat(file)).rejects.toThrow('ENOENT');
  await writeFile(file, ''); // the folder is still there
});
