import { describe, expect, it } from '@jest/globals';
import { type BalancedService, serviceKindOf, serviceKinds, VirtualServiceSpec } from './virtual-service.ts';

const named = { label: 'A', address: '192.168.85.150', ports: [104] };
const http = { ...named, layer: 7, mode: 'http' };
const tcp = { ...named, layer: 7, mode: 'tcp' };
const layer4 = (mode: string) => ({ ...named, layer: 4, mode });
const accepts = (service: object): boolean => VirtualServiceSpec.safeParse(service).success;

const pace = { interval: '2s', timeout: '2s', rise: 2, fall: 3, port: 'inherit' };
const layer7Defaults = {
  scope: 'manual',
  balance: 'least-connections',
  maxConnections: 40_000,
  tcpKeepAlive: true,
  redispatch: true,
  clearOnDrain: false,
  sendProxy: 'none',
  onDown: 'keep',
  queueTimeout: '30s',
  persistence: { kind: 'none' },
  healthCheck: { kind: 'connect', ...pace },
};
const layer4Defaults = { scope: 'manual', forwarding: 'snat', balance: 'random', persistence: { kind: 'none' } };

describe('the defaults of a virtual service', () => {
  it('in mode http are short idle times and the fallback page', () =>
    expect(VirtualServiceSpec.parse(http)).toEqual({
      ...http,
      ...layer7Defaults,
      action: 'balance',
      timeouts: { client: '5m', server: '5m', connect: '5s' },
      forwardedFor: true,
      requestTimeout: '5s',
      connection: 'keep-alive',
      reuse: false,
      keepAliveTimeout: '1m',
      tunnelTimeout: '1h',
      backendTls: { kind: 'off' },
      fallback: { kind: 'page' },
    }));

  it('of a redirect are the code 302 and the port of HTTPS', () => {
    const redirect = { ...http, action: 'redirect-to-https' };
    const { layer, mode, action } = redirect;
    expect(VirtualServiceSpec.parse(redirect)).toEqual({
      ...named,
      ...{ layer, mode, action, scope: 'manual', maxConnections: 40_000, requestTimeout: '5s' },
      redirect: { code: 302, port: 443 },
    });
  });

  it('in mode tcp are long idle times', () =>
    expect(VirtualServiceSpec.parse(tcp)).toEqual({
      ...tcp,
      ...layer7Defaults,
      timeouts: { client: '12h', server: '12h', connect: '5s' },
      fallback: { kind: 'none' },
    }));

  it('on layer 4 are SNAT, random balance, and a check only where TCP is spoken', () => {
    expect(VirtualServiceSpec.parse(layer4('tcp'))).toEqual({
      ...layer4('tcp'),
      ...layer4Defaults,
      healthCheck: { kind: 'connect', ...pace },
    });
    for (const mode of ['udp', 'tcp-udp'])
      expect(VirtualServiceSpec.parse(layer4(mode))).toEqual({
        ...layer4(mode),
        ...layer4Defaults,
        healthCheck: { kind: 'none' },
      });
  });

  it('fill up what is given in part', () =>
    expect(VirtualServiceSpec.parse({ ...tcp, timeouts: { client: '90m' } })).toMatchObject({
      timeouts: { client: '90m', server: '12h', connect: '5s' },
    }));

  it('are stable: what was parsed parses to itself', () => {
    const redirect = { ...http, action: 'redirect-to-https', redirect: { code: 308 } };
    for (const service of [http, redirect, tcp, ...['tcp', 'udp', 'tcp-udp'].map(layer4)]) {
      const once = VirtualServiceSpec.parse(service);
      expect(VirtualServiceSpec.parse(once)).toEqual(once);
    }
  });
});

describe('what cannot be written down', () => {
  it.each<[string, object]>([
    ['another layer', { ...named, layer: 3, mode: 'tcp' }],
    ['no mode', { ...named, layer: 7 }],
    ['udp on layer 7', { ...named, layer: 7, mode: 'udp' }],
    ['http on layer 4', layer4('http')],
    ['a page in mode tcp', { ...tcp, fallback: { kind: 'page' } }],
    ['a fallback server without a port', { ...tcp, fallback: { kind: 'server', address: '10.0.0.1' } }],
    ['TLS to real servers in mode tcp', { ...tcp, backendTls: { kind: 'off' } }],
    ['verification without a name', { ...http, backendTls: { kind: 'on' } }],
    ['an address as a server name', { ...http, backendTls: { kind: 'on', serverName: '10.0.0.1' } }],
    ['a server name that ends a line', { ...http, backendTls: { kind: 'on', serverName: 'a\n' } }],
    ['an unknown field', { ...tcp, color: 'red' }],
    ['a field of the other mode', { ...tcp, forwardedFor: true }],
    ['a field of the other layer', { ...layer4('tcp'), timeouts: {} }],
    ['another action', { ...http, action: 'redirect' }],
    ['an action in mode tcp', { ...tcp, action: 'balance' }],
    ['a redirect without the action', { ...http, redirect: { code: 301 } }],
    ...Object.entries({
      balance: 'round-robin',
      persistence: { kind: 'none' },
      healthCheck: { kind: 'none' },
      fallback: { kind: 'none' },
      timeouts: {},
      tls: { certificates: ['A'] },
      rules: [],
      headers: [],
      availability: 0,
      slowStart: '30s',
    }).map(([field, value]): [string, object] => [
      `${field} in a redirect`,
      { ...http, action: 'redirect-to-https', [field]: value },
    ]),
    ...[300, 304, '301'].map((code): [string, object] => [
      `the code ${JSON.stringify(code)} of a redirect`,
      { ...http, action: 'redirect-to-https', redirect: { code } },
    ]),
    ['a cookie in mode tcp', { ...tcp, persistence: { kind: 'http-cookie' } }],
    ['a cookie on layer 4', { ...layer4('tcp'), persistence: { kind: 'http-cookie' } }],
    ['least connections on layer 4', { ...layer4('udp'), balance: 'least-connections' }],
    ['random on layer 7', { ...tcp, balance: 'random' }],
    ['a NetBIOS check where only TCP is spoken', { ...tcp, healthCheck: { kind: 'netbios-node-status' } }],
    ['a connect to the own port of a UDP service', { ...layer4('udp'), healthCheck: { kind: 'connect' } }],
    [
      'an echo that inherits the port of a UDP service',
      { ...layer4('udp'), healthCheck: { kind: 'dicom-echo', port: 'inherit' } },
    ],
    ['a fallback in mode tcp', { ...tcp, fallback: { kind: 'page' } }],
    ['no connections at all', { ...tcp, maxConnections: 0 }],
    ['an idle time below a second', { ...tcp, timeouts: { client: '999ms' } }],
    ['an idle time above a week', { ...tcp, timeouts: { server: '8d' } }],
    ...['999ms', '61m', '0s', 30].map((slowStart): [string, object] => [
      `a slow start of ${JSON.stringify(slowStart)}`,
      { ...layer4('udp'), slowStart },
    ]),
    ['a time to connect above five minutes', { ...tcp, timeouts: { connect: '6m' } }],
  ])('is %s', (_what, service) => expect(accepts(service)).toBe(false));

  it.each<[string, object]>([
    [
      'a connect check of a UDP service to a port of its own',
      { ...layer4('udp'), healthCheck: { kind: 'connect', port: 99 } },
    ],
    ['a slow start of a second', { ...http, slowStart: '1s' }],
    ['a slow start of an hour', { ...layer4('tcp'), slowStart: '1h' }],
    ['a ping on UDP', { ...layer4('udp'), healthCheck: { kind: 'ping' } }],
    ['a NetBIOS check on UDP', { ...layer4('udp'), healthCheck: { kind: 'netbios-node-status' } }],
    ['a cookie with source IP in mode http', { ...http, persistence: { kind: 'http-cookie-and-source-ip' } }],
    ['an HTTP check in mode tcp', { ...tcp, healthCheck: { kind: 'http' } }],
  ])('but %s can', (_what, service) => expect(accepts(service)).toBe(true));
});

describe('persistence', () => {
  const persistenceOf = (service: object) => (VirtualServiceSpec.parse(service) as BalancedService).persistence;

  it('by source address keeps a client for 30 minutes on layer 7 and 5 on layer 4', () => {
    const persistence = { kind: 'source-ip' };
    expect(persistenceOf({ ...tcp, persistence })).toEqual({ kind: 'source-ip', timeout: '30m', tableSize: 10_240 });
    expect(persistenceOf({ ...layer4('udp'), persistence })).toEqual({
      kind: 'source-ip',
      timeout: '5m',
      tableSize: 65_535,
    });
  });

  it('by cookie is named SERVERID and ends with the browser', () =>
    expect(persistenceOf({ ...http, persistence: { kind: 'http-cookie' } })).toEqual({
      kind: 'http-cookie',
      cookieName: 'SERVERID',
    }));

  it.each([
    { kind: 'http-cookie', cookieName: 'a b' },
    { kind: 'http-cookie', cookieName: 'a;b' },
    { kind: 'http-cookie', cookieName: '' },
    { kind: 'http-cookie', timeout: '5m' },
    { kind: 'source-ip', tableSize: 0 },
    { kind: 'source-ip', timeout: '31d' },
  ])('may not be %j', (persistence) => expect(accepts({ ...http, persistence })).toBe(false));
});

describe('a health check', () => {
  const checkOf = (healthCheck: object) =>
    (VirtualServiceSpec.parse({ ...tcp, healthCheck }) as BalancedService).healthCheck;

  it('by HTTP asks for / by HEAD and wants 200', () =>
    expect(checkOf({ kind: 'http' })).toEqual({
      kind: 'http',
      method: 'HEAD',
      path: '/',
      expectStatus: [200],
      ...pace,
    }));

  it('by DICOM echo is slower, because a PACS logs each association', () =>
    expect(checkOf({ kind: 'dicom-echo' })).toEqual({
      ...{ kind: 'dicom-echo', callingAe: 'EVENKEEL', calledAe: 'ANY-SCP' },
      ...{ ...pace, interval: '10s', timeout: '5s' },
    }));

  it.each<object>([
    { kind: 'http', method: 'GET', expectBody: 'ready' },
    { kind: 'http', basicAuth: { secret: 'pacs-monitor' } },
    { kind: 'ldap', bindAs: { secret: 'ldap-monitor' } },
    { kind: 'http', path: '/a?b=c', expectStatus: [200, 302], tls: {} },
    { kind: 'http', method: 'OPTIONS', expectBody: 'ready', headers: { accept: 'text/plain, */*', 'x-empty': '' } },
    { kind: 'tls', verify: true, serverName: 'pacs.example', minimumDaysLeft: 30 },
    { kind: 'ping', source: '192.168.85.10' },
    { kind: 'ldap', tls: { verify: true } },
    { kind: 'dicom-echo', acseTimeout: '2s', dimseTimeout: '5s' },
    { kind: 'dicom-echo', calledAe: 'A B', callingAe: 'x'.repeat(16) },
    { kind: 'connect', source: '192.168.85.10', port: 80, interval: '100ms' },
  ])('may be %j', (healthCheck) => expect(accepts({ ...tcp, healthCheck })).toBe(true));

  const udpAccepts = (healthCheck: object): boolean => accepts({ ...layer4('udp'), healthCheck });
  it.each<object>([
    { kind: 'udp', request: 'status?' },
    { kind: 'udp', request: 'äöü', expectStart: 'ok', expectWithin: 'ready', port: 9 },
    { kind: 'udp', encoding: 'hex', request: '00fF', expectStart: '01' },
    { kind: 'udp', encoding: 'hex', request: '00'.repeat(512) },
    { kind: 'dns', name: 'pacs.example' },
    { kind: 'dns', name: '_dicom._tcp.pacs.example.', recordType: 'SRV', expectAnswer: '1 2 104 pacs.example' },
  ])('may be %j where UDP is served', (healthCheck) => expect(udpAccepts(healthCheck)).toBe(true));

  it.each<object>([
    { kind: 'udp' },
    { kind: 'udp', request: '' },
    { kind: 'udp', request: 'ä'.repeat(257) },
    { kind: 'udp', request: 'a\nb' },
    { kind: 'udp', encoding: 'hex', request: '0' },
    { kind: 'udp', encoding: 'hex', request: 'ok' },
    { kind: 'udp', encoding: 'hex', request: '00'.repeat(513) },
    { kind: 'udp', encoding: 'hex', request: '00', expectStart: 'ok' },
    { kind: 'dns' },
    { kind: 'dns', name: 'a b' },
    { kind: 'dns', name: 'a..b' },
    { kind: 'dns', name: `${'a'.repeat(64)}.example` },
    { kind: 'dns', name: 'a.'.repeat(127) },
    { kind: 'dns', name: 'pacs.example', recordType: 'ANY' },
  ])('may not be %j', (healthCheck) => expect(udpAccepts(healthCheck)).toBe(false));

  it.each<object>([
    { kind: 'http', basicAuth: { username: 'u', password: 'p' } },
    { kind: 'http', basicAuth: { secret: 'two words' } },
    { kind: 'http', expectBody: 'an answer to HEAD has no body' },
    { kind: 'http', path: 'no slash' },
    { kind: 'http', path: '/a b' },
    { kind: 'http', path: '/\r\nX-Evil: 1' },
    { kind: 'http', host: 'a\r\nb' },
    { kind: 'http', headers: { 'X-Upper': 'one header has one name' } },
    { kind: 'http', headers: { host: 'pacs.example' } },
    { kind: 'http', headers: { 'content-length': '5' } },
    { kind: 'http', headers: { authorization: 'Basic c2VjcmV0' } },
    { kind: 'http', headers: { accept: 'a\r\nx-evil: 1' } },
    { kind: 'http', headers: { 'x evil': '1' } },
    { kind: 'http', headers: { accept: 'x'.repeat(257) } },
    { kind: 'http', headers: Object.fromEntries(Array.from({ length: 17 }, (_, nth) => [`x-${nth}`, ''])) },
    { kind: 'http', method: 'POST' },
    { kind: 'http', expectStatus: [] },
    { kind: 'http', expectStatus: [99] },
    { kind: 'http', expectStatus: [600] },
    { kind: 'tls', minimumDaysLeft: -1 },
    { kind: 'tls', minimumDaysLeft: 1.5 },
    { kind: 'tls', serverName: 'a b' },
    { kind: 'ping', port: 7 },
    { kind: 'ldap', password: 'secret' },
    { kind: 'dicom-echo', acseTimeout: '6s' },
    { kind: 'dicom-echo', timeout: '1s', dimseTimeout: '1001ms' },
    { kind: 'dicom-echo', calledAe: '' },
    { kind: 'dicom-echo', calledAe: '    ' },
    { kind: 'dicom-echo', calledAe: 'x'.repeat(17) },
    { kind: 'dicom-echo', calledAe: 'a\\b' },
    { kind: 'dicom-echo', calledAe: 'ÄÖ' },
    { kind: 'connect', rise: 0 },
    { kind: 'connect', fall: 101 },
    { kind: 'connect', interval: '99ms' },
    { kind: 'connect', interval: '61m' },
    { kind: 'connect', port: 0 },
    { kind: 'follow' },
    { kind: 'follow', virtualService: 'DICOM' },
    { kind: 'none', interval: '2s' },
  ])('may not be %j', (healthCheck) => expect(accepts({ ...tcp, healthCheck })).toBe(false));
});

describe('the kinds of service', () => {
  const choices = [
    { layer: 7, mode: 'http', action: 'balance' },
    { layer: 7, mode: 'http', action: 'redirect-to-https' },
    { layer: 7, mode: 'tcp' },
    { layer: 4, mode: 'tcp' },
    { layer: 4, mode: 'udp' },
    { layer: 4, mode: 'tcp-udp' },
  ];

  it('are found by layer, mode and action, each once', () =>
    expect(choices.map(serviceKindOf)).toEqual([...serviceKinds]));

  it('are those that balance when no action is said, and whatever is said where there is none', () => {
    const http = serviceKindOf({ layer: 7, mode: 'http', action: 'balance' });
    expect(serviceKindOf({ layer: 7, mode: 'http' })).toBe(http);
    expect(serviceKindOf({ layer: 7, mode: 'http', action: null })).toBe(http);
    expect(serviceKindOf({ layer: 4, mode: 'udp', action: 'redirect-to-https' })?.shape.mode.value).toBe('udp');
  });

  it.each([{ layer: 4, mode: 'http' }, { layer: '7', mode: 'http' }, { mode: null }, { ...http, action: 'fly' }])(
    'are none for %j',
    (choice) => expect(serviceKindOf(choice)).toBeUndefined(),
  );
});
