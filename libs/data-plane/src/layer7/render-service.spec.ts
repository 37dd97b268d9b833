import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aPicture, type RealServerSketch } from '../../test/layer7/index.ts';
import { type ServiceFields } from '@evenkeel/testing';
import { aHash } from '../../test/layer7/a-hash.ts';
import { type DesiredService } from './desired.ts';
import { renderService } from './render-service.ts';
import { renderServiceStates } from './render-server-states.ts';
import { Layer7Wishes, type WantedService } from './wanted.ts';

const wanted = (spec: ServiceFields = {}, server: Partial<RealServerSketch> = {}): WantedService => {
  const picture = aPicture({ services: [{ number: 1, spec, realServers: [{ number: 2, ...server }] }] });
  const [service] = new Layer7Wishes(aHash).of(picture).wanted.services;
  if (service === undefined) throw new Error('no service');
  return service;
};

const lines = (text: string): number => text.split('\n').length;

it('has no input that adds a line, whatever a field holds', () => {
  const { desired } = wanted({
    ...{ mode: 'http', ports: [80], persistence: { kind: 'http-cookie-and-source-ip' } },
    ...{ queueTimeout: '1s', keepAliveTimeout: '1s', tunnelTimeout: '1s' }, // lines of their own
  });
  const usual = lines(renderService(desired));
  const usualStates = lines(renderServiceStates(desired));
  const hostile = fc.record({
    text: fc.string({ unit: 'binary' }),
    before: fc.constantFrom('', '\n', '\r\n  ', '#', '"', "'"),
  });
  fc.assert(
    fc.property(hostile, ({ text, before }) => {
      const bad = before + text;
      const service = {
        ...desired,
        name: bad,
        spec: {
          ...desired.spec,
          label: bad,
          address: bad,
          timeouts: { client: bad, server: bad, connect: bad },
          requestTimeout: bad,
          keepAliveTimeout: bad,
          tunnelTimeout: bad,
          queueTimeout: bad,
          persistence: { kind: 'http-cookie-and-source-ip', timeout: '30m', tableSize: 100, cookieName: bad },
        },
        servers: desired.servers.map((server) => ({ ...server, name: bad, label: bad, address: bad })),
      } as DesiredService;
      expect(lines(renderService(service))).toBe(usual);
    }),
  );
  expect(usualStates).toBe(2);
});

it.each<[string, ServiceFields, Partial<RealServerSketch>]>([
  ['a label', { label: 'other' }, { spec: { label: 'other' } }],
  ['an address of a real server', {}, { spec: { address: '10.0.0.9' } }],
  ['a weight', {}, { spec: { weight: 3 } }],
  ['a limit of a real server', {}, { spec: { maxConnections: 3 } }],
  ['an intent', {}, { intent: { intent: 'halt', connections: 'close' } }],
  ['a verdict', {}, { verdict: 'down' }],
  ['a port of a real server: what runs decides', {}, { spec: { port: 104 } }],
  ['a health check', { healthCheck: { kind: 'none' } }, {}],
  ['what a verdict does to open connections', { onDown: 'close' }, {}],
  ['a scope, an application and the drain offered first', { scope: 'x', application: 'y', clearOnDrain: true }, {}],
])('needs no reload for %s', (_, spec, server) => {
  expect(wanted(spec, server).skeleton).toBe(wanted().skeleton);
});

it.each<[string, ServiceFields, Partial<RealServerSketch>]>([
  ['an address of the service', { address: '192.168.85.151' }, {}],
  ['ports', { ports: [104, 105] }, {}],
  ['the mode', { mode: 'http' }, {}],
  ['the balance', { balance: 'round-robin' }, {}],
  ['the persistence', { persistence: { kind: 'source-ip' } }, {}],
  ['a limit of the service', { maxConnections: 7 }, {}],
  ['a timeout', { timeouts: { client: '1h' } }, {}],
  ['TCP keep-alive', { tcpKeepAlive: false }, {}],
  ['redispatch', { redispatch: false }, {}],
  ['the time in a queue', { queueTimeout: '1s' }, {}],
  ['a fallback server', { fallback: { kind: 'server', address: '10.0.0.9', port: 104 } }, {}],
  ['the PROXY protocol', { sendProxy: 'v2' }, {}],
])('needs a reload for %s', (_, spec, server) => {
  expect(wanted(spec, server).skeleton).not.toBe(wanted().skeleton);
});

it.each<[string, ServiceFields]>([
  ['the connection mode', { mode: 'http', connection: 'close' }],
  ['reuse', { mode: 'http', reuse: true }],
  ['the time between two requests', { mode: 'http', keepAliveTimeout: '2m' }],
  ['TLS to real servers', { mode: 'http', backendTls: { kind: 'on', verify: false } }],
  ['the idle time of a WebSocket', { mode: 'http', tunnelTimeout: '2h' }],
])('needs a reload for %s of HTTP', (_, spec) => {
  expect(wanted(spec).skeleton).not.toBe(wanted({ mode: 'http' }).skeleton);
});

it('gives a real server a name, an id and a cookie that its label does not change', () => {
  const fields: ServiceFields = { mode: 'http', ports: [80], persistence: { kind: 'http-cookie' } };
  const serverLine = (label: string): string | undefined =>
    /^ {2}server .*$/m.exec(wanted(fields, { spec: { label } }).section)?.[0];
  expect(serverLine('INF_PACS1')).toBe('  server rs2 192.168.85.200 id 2 weight 100 cookie rs2');
  expect(serverLine('other')).toBe(serverLine('INF_PACS1'));
});

it('asks for no check of its own: with one, a verdict from outside would not stick', () => {
  expect(wanted({ healthCheck: { kind: 'connect' } }).section).not.toMatch(/\bcheck\b/);
});

it('writes no time that is longer than HAProxy can count', () => {
  expect(wanted({ persistence: { kind: 'source-ip', timeout: '30d' } }).section).toContain('expire 2147483647ms');
});
