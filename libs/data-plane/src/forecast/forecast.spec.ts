import { type NodeSample } from '@evenkeel/contracts';
import { someTime, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InMemoryNftables } from '../../test/layer4/in-memory-nftables.ts';
import {
  aHash,
  aNode,
  aPicture,
  InMemoryHaproxy,
  type RealServerSketch,
  type ServiceSketch,
} from '../../test/layer7/index.ts';
import { BothFamilies } from '../layer4/both-families.ts';
import { Layer7Engine } from '../layer7/engine.ts';
import { type Picture } from '../picture.ts';
import { forecast, type Situation } from './forecast.ts';

const pacs1: RealServerSketch = { number: 11, spec: { label: 'INF_PACS1', address: '192.168.85.200' } };
const pacs2: RealServerSketch = { number: 12, spec: { label: 'INF_PACS2', address: '192.168.85.201' } };
const dicom = (fields: object = {}, ...realServers: readonly RealServerSketch[]): ServiceSketch => ({
  number: 1,
  spec: { label: 'DICOM', ports: [104], persistence: { kind: 'source-ip' }, ...fields },
  realServers: realServers.length === 0 ? [pacs1, pacs2] : realServers,
});
const netbios = (...realServers: readonly RealServerSketch[]): ServiceSketch => ({
  number: 2,
  spec: { label: 'INFINITT_Check', ports: [137], layer: 4, mode: 'tcp-udp' },
  realServers,
});
const of = (...services: readonly ServiceSketch[]): Picture => aPicture({ services });
const sampleOf = (connections: number): NodeSample => ({
  node: aNode.name,
  time: someTime,
  services: [{ id: virtualServiceId(1), connections }],
  realServers: [],
});
const able: Situation = { layer4: { state: 'able' }, sample: undefined, addsCookies: false };
const between = (before: Picture, after: Picture, situation: Partial<Situation> = {}) =>
  forecast(before, after, { ...able, ...situation }, aHash);

describe('a forecast', () => {
  it('says that there is nothing to do', () => {
    const { words, haproxy, nftables } = between(of(dicom()), of(dicom()));
    expect(words).toBe('nothing to do');
    expect(haproxy).toMatchObject({ method: 'none', runtimeCommands: 0, reloads: 0, configuration: { text: '' } });
    expect(nftables).toMatchObject({ method: 'none', transactions: 0, configuration: { text: '' } });
  });

  it('counts what the Runtime API does, and shows the line that differs', () => {
    const drained: RealServerSketch = { ...pacs2, intent: { intent: 'drain', clients: 'keep' } };
    const lighter: RealServerSketch = { ...pacs1, spec: { ...pacs1.spec, weight: 50 } };
    const { words, haproxy, leftBehind } = between(of(dicom()), of(dicom({}, lighter, drained)), {
      sample: sampleOf(41),
    });
    expect(words).toBe('2 runtime commands, 0 reloads');
    expect(leftBehind).toBeUndefined();
    expect(haproxy.configuration).toMatchObject({ addedLines: 1, removedLines: 1, isCut: false });
    expect(haproxy.configuration.text).toMatch(/^--- haproxy.cfg\n\+\+\+ haproxy.cfg\n@@ /);
    expect(haproxy.configuration.text).toMatch(/\n-.*weight 100.*\n\+.*weight 50/);
  });

  it('says why a reload, and what stays on the old process for how long', () => {
    const after = of(dicom({ ports: [104, 105] }));
    const { words, haproxy, leftBehind } = between(of(dicom()), after, { sample: sampleOf(41) });
    expect(words).toBe(
      '1 reload because DICOM (vs1): ports; 41 connections stay on the old process until done, or idle for 12h',
    );
    expect(haproxy).toMatchObject({ method: 'reload', reloads: 1, reloadReasons: ['DICOM (vs1): ports'] });
    expect(leftBehind).toEqual({ connections: 41, idleMost: '12h' });
  });

  it('says when old connections are cut, and that a change of this costs a reload', () => {
    const cutting = (picture: Picture, hardStopAfter: '8h' | '1h'): Picture => {
      const { settings } = picture.cluster;
      const spec = { ...settings.spec, hardStopAfter };
      return { ...picture, cluster: { ...picture.cluster, settings: { ...settings, spec } } };
    };
    const told = between(cutting(of(dicom()), '8h'), cutting(of(dicom()), '1h'), { sample: sampleOf(2) });
    expect(told.words).toBe(
      '1 reload because hard-stop-after is 1h; ' +
        '2 connections stay on the old process until done, or idle for 12h; what is left after 8h is cut',
    );
    expect(told.haproxy.configuration.text).toMatch(/\n- {2}hard-stop-after 8h\n\+ {2}hard-stop-after 1h\n/);
  });

  it('tells a change of action in one word, and takes no server away by a command of its own', () => {
    const web = { label: 'WEB', ports: [80], mode: 'http' as const };
    const before = of({ number: 1, spec: web, realServers: [pacs1] });
    const after = of({ number: 1, spec: { ...web, action: 'redirect-to-https' }, realServers: [] });
    const there = between(before, after, { sample: sampleOf(2) });
    expect(there.words).toBe(
      '1 reload because WEB (vs1): action, INF_PACS1 (rs11) left; ' +
        '2 connections stay on the old process until done, or idle for 1h',
    );
    expect(there.haproxy.configuration.text).toContain('+  http-request redirect prefix https://');
    const back = between(after, before, { sample: sampleOf(1) });
    expect(back.words).toBe(
      '1 reload because WEB (vs1): action, INF_PACS1 (rs11) is new; ' +
        '1 connection stays on the old process until done, or idle for 1m',
    );
  });

  it('names the fields that differ, whatever order they are written in', () => {
    const [before, after] = [
      of(dicom({ timeouts: { client: '1h', server: '2h' } })),
      of(dicom({ ports: [105], timeouts: { client: '1h', server: '2h' } })),
    ];
    const [service] = [...after.cluster.virtualServices.values()];
    if (service === undefined || !('timeouts' in service.spec)) throw new Error('no service');
    const { connect, server, client } = service.spec.timeouts;
    const turned = { ...service, spec: { ...service.spec, timeouts: { connect, server, client } } };
    const virtualServices = after.cluster.virtualServices.set(service.id, turned);
    const told = between(before, { ...after, cluster: { ...after.cluster, virtualServices } });
    expect(told.haproxy.reloadReasons).toEqual(['DICOM (vs1): ports']);
  });

  it('takes the time from the services that have connections, and from all while nobody has counted', () => {
    const long = dicom({ timeouts: { client: '2d' } });
    const quick: ServiceSketch = {
      number: 3,
      spec: { label: 'QUERY', ports: [106], timeouts: { client: '10m', server: '10m' } },
      realServers: [],
    };
    const [before, after] = [of(long, quick), of(long, { ...quick, spec: { ...quick.spec, ports: [107] } })];
    const counted: NodeSample = { ...sampleOf(0), services: [{ id: virtualServiceId(3), connections: 1 }] };
    expect(between(before, after, { sample: counted })).toMatchObject({
      leftBehind: { connections: 1, idleMost: '10m' },
      words: expect.stringContaining('1 connection stays on the old process until done, or idle for 10m'),
    });
    expect(between(before, after).leftBehind).toEqual({ idleMost: '2d' });
    expect(between(before, after, { sample: sampleOf(0) }).words).toContain('no connection stays');
  });

  it('says how the kernel changes: one transaction for everything in it', () => {
    const [before, after] = [of(netbios(pacs1, pacs2)), of(netbios(pacs1))];
    const { words, nftables } = between(before, after);
    expect(words).toBe('1 nftables transaction');
    expect(nftables).toMatchObject({ method: 'runtime', transactions: 1 });
    expect(nftables.configuration.text).toContain('-\t\t');
    expect(between(before, after, { layer4: { state: 'refused', words: 'no nft' } }).nftables).toMatchObject({
      method: 'none',
      transactions: 0,
    });
  });

  it('counts a transaction for each family of layer 4', () => {
    const over6: ServiceSketch = {
      number: 20,
      spec: { label: 'OVER6', address: '2001:db8::150', ports: [137], layer: 4, mode: 'udp' },
      realServers: [{ number: 21, spec: { label: 'SIX', address: '2001:db8::200' } }],
    };
    const { words, nftables } = between(of(dicom()), of(dicom(), netbios(), over6));
    expect(words).toBe('2 nftables transactions');
    expect(nftables.differences).toEqual(['table evenkeel is missing', 'ip6 table evenkeel is missing']);
    expect(nftables.configuration.text).toContain('+table ip6 evenkeel {');
  });

  it('finds that a new label changes a comment, and nothing that runs', () => {
    const { words, haproxy } = between(of(dicom()), of(dicom({ label: 'STORE' })));
    expect(words).toBe('nothing to do');
    expect(haproxy.configuration).toMatchObject({ addedLines: 1, removedLines: 1 });
  });

  it('cuts a diff that nobody would read, at the end of a line', () => {
    const many = Array.from({ length: 600 }, (_, index): ServiceSketch => ({
      number: index + 10,
      spec: { label: `SERVICE_${index}`, ports: [10_000 + index] },
      realServers: [],
    }));
    const { words, haproxy } = between(of(dicom()), of(dicom(), ...many));
    const { configuration } = haproxy;
    expect(configuration.isCut).toBe(true);
    expect(configuration.text.length).toBeLessThanOrEqual(65_536);
    expect(configuration.text === '' || configuration.text.endsWith('\n')).toBe(true);
    expect(configuration.addedLines).toBeGreaterThan(600);
    expect(words).toMatch(/^1 reload because SERVICE_0 \(vs10\) is new, .*SERVICE_2 \(vs12\) is new, and others; /);
  });
});

describe('the engines', () => {
  const intents = [
    { intent: 'online' },
    { intent: 'drain', clients: 'keep' },
    { intent: 'drain', clients: 'forget' },
    { intent: 'halt', connections: 'close' },
    { intent: 'halt', connections: 'finish' },
  ] as const;
  const realServer = (number: number) =>
    fc.record({
      number: fc.constant(number),
      spec: fc.record({
        address: fc.constantFrom('192.168.85.200', '192.168.85.201'),
        port: fc.constantFrom('inherit' as const, 104, 105),
        weight: fc.constantFrom(0, 50, 100),
        maxConnections: fc.constantFrom(0, 10),
        tls: fc.constantFrom('inherit' as const, 'on' as const, 'off' as const),
      }),
      intent: fc.constantFrom(...intents),
      verdict: fc.constantFrom('up' as const, 'down' as const, 'unknown' as const),
    });
  const stickiness = [{ kind: 'none' }, { kind: 'source-ip' }] as const;
  const web = fc.record({
    number: fc.constant(3),
    spec: fc.record({
      label: fc.constant('INFINITT_Web'),
      ports: fc.constant([80]),
      mode: fc.constant('http' as const),
      persistence: fc.constantFrom(...stickiness, { kind: 'http-cookie' as const }),
    }),
    realServers: fc.subarray([31, 32, 33]).chain((numbers) => fc.tuple(...numbers.map(realServer))),
  });
  const redirect = fc.record({
    number: fc.constant(3),
    enabled: fc.boolean(),
    spec: fc.record({
      label: fc.constant('INFINITT_Web'),
      ports: fc.constantFrom([80], [80, '8000-8010']),
      ...{ mode: fc.constant('http' as const), action: fc.constant('redirect-to-https' as const) },
      redirect: fc.constantFrom({}, { code: 301 }, { port: 8443 }),
    }),
    realServers: fc.constant([]),
  });
  const layer7 = fc.record({
    number: fc.constant(1),
    enabled: fc.boolean(),
    spec: fc.record({
      label: fc.constantFrom('DICOM', 'STORE'),
      ports: fc.constantFrom<(number | string)[]>([104], [104, 105], ['104-109']),
      balance: fc.constantFrom('round-robin' as const, 'least-connections' as const),
      ...{ mode: fc.constant('tcp' as const), persistence: fc.constantFrom(...stickiness) },
      onDown: fc.constantFrom('keep' as const, 'close' as const),
    }),
    realServers: fc.subarray([11, 12, 13]).chain((numbers) => fc.tuple(...numbers.map(realServer))),
  });
  const layer4 = fc.record({
    number: fc.constant(2),
    enabled: fc.boolean(),
    spec: fc.record({
      label: fc.constant('INFINITT_Check'),
      ports: fc.constantFrom<(number | string)[]>([137], [137, 138], ['137-1000']),
      layer: fc.constant(4 as const),
      mode: fc.constant('tcp-udp' as const),
      persistence: fc.constantFrom({ kind: 'none' as const }, { kind: 'source-ip' as const }),
    }),
    realServers: fc.subarray([21, 22]).chain((numbers) => fc.tuple(...numbers.map(realServer))),
  });
  const maybe = <Service>(service: fc.Arbitrary<Service>) => fc.option(service, { nil: undefined });
  const pictures = fc
    .tuple(maybe(layer7), maybe(fc.oneof(web, redirect)), maybe(layer4))
    .map((services) => of(...services.flatMap((service) => (service === undefined ? [] : [service as ServiceSketch]))));

  it('do what the forecast says, whatever there was and shall be', async () => {
    await fc.assert(
      fc.asyncProperty(pictures, pictures, fc.boolean(), async (before, after, addsCookies) => {
        const haproxy = new InMemoryHaproxy();
        haproxy.addsCookies = addsCookies;
        const [proxying, filtering] = [
          new Layer7Engine(haproxy, aHash),
          new BothFamilies({ ip: new InMemoryNftables(), ip6: new InMemoryNftables(undefined, 'ip6') }),
        ];
        await Promise.all([proxying.converge(before), filtering.converge(before)]);
        haproxy.done.length = 0;
        const rounds = await Promise.all([proxying.converge(after), filtering.converge(after)]);
        const told = between(before, after, { addsCookies });
        expect({ method: told.haproxy.method, reloadReasons: told.haproxy.reloadReasons }).toEqual({
          method: rounds[0].method,
          reloadReasons: rounds[0].reloadReasons,
        });
        expect(told.haproxy.runtimeCommands).toBe(haproxy.done.length);
        expect(told.nftables.method).toBe(rounds[1].method);
      }),
    );
  });
});
