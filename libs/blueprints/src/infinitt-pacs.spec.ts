import type { ClusterCommand } from '@evenkeel/contracts';
import { ClusterCommand as AnyCommand, healthCheckOf } from '@evenkeel/contracts';
import { describe, expect, it } from '@jest/globals';
import { blueprints, planBlueprint } from './plan-blueprint.ts';

const nodes = [1, 2, 3].map((nth) => ({ label: `INF_PACS${nth}`, address: `192.168.85.${199 + nth}` }));
const reference = { vipAddress: '192.168.85.150', nodes };

type Add = Extract<ClusterCommand, { kind: 'AddVirtualService' }>;
const planned = (parameters: object): Add[] => {
  const plan = planBlueprint('infinitt-pacs', 1, parameters);
  if (!plan.ok) throw new Error(JSON.stringify(plan.refusal));
  return plan.value.flatMap((command) => (command.kind === 'AddVirtualService' ? command : []));
};
const errorsOf = (parameters: object) => {
  const plan = planBlueprint('infinitt-pacs', 1, parameters);
  return !plan.ok && plan.refusal.kind === 'invalid-input' ? plan.refusal.errors : [];
};

const layer7 = {
  scope: 'infinitt-pacs',
  application: 'infinitt-pacs',
  address: '192.168.85.150',
  layer: 7,
  balance: 'least-connections',
  maxConnections: 40_000,
  tcpKeepAlive: true,
  redispatch: true,
  clearOnDrain: false,
  sendProxy: 'none',
  onDown: 'keep',
  queueTimeout: '30s',
};
const pace = { interval: '2s', timeout: '2s', rise: 2, fall: 3, port: 'inherit' };
const dicom = {
  ...layer7,
  mode: 'tcp',
  persistence: { kind: 'source-ip', timeout: '30m', tableSize: 10_240 },
  healthCheck: { kind: 'connect', ...pace },
  timeouts: { client: '12h', server: '12h', connect: '5s' },
  fallback: { kind: 'none' },
};

describe('INFINITT PACS, version 1', () => {
  it('plans exactly the reference table', () =>
    expect(planned(reference).map(({ service }) => service)).toEqual([
      {
        ...layer7,
        label: 'INFINITT_Web',
        action: 'balance',
        ports: [80],
        mode: 'http',
        persistence: { kind: 'http-cookie-and-source-ip', cookieName: 'SERVERID', timeout: '30m', tableSize: 10_240 },
        healthCheck: { kind: 'http', method: 'HEAD', path: '/', expectStatus: [200], ...pace },
        timeouts: { client: '5m', server: '5m', connect: '5s' },
        forwardedFor: true,
        requestTimeout: '5s',
        connection: 'keep-alive',
        reuse: false,
        keepAliveTimeout: '1m',
        tunnelTimeout: '1h',
        backendTls: { kind: 'off' },
        fallback: { kind: 'page' },
      },
      { ...dicom, label: 'DICOM', ports: [104] },
      { ...dicom, label: 'QUERY', ports: [105] },
      { ...dicom, label: 'MWL', ports: [204] },
      {
        label: 'INFINITT_Check',
        scope: 'infinitt-pacs',
        application: 'infinitt-pacs',
        address: '192.168.85.150',
        ports: [137],
        layer: 4,
        mode: 'tcp-udp',
        forwarding: 'snat',
        balance: 'random',
        persistence: { kind: 'source-ip', timeout: '5m', tableSize: 65_535 },
        healthCheck: { kind: 'netbios-node-status', ...pace },
      },
    ]));

  it('puts every node behind every service, with weight 100 and the port of the service', () => {
    const servers = nodes.map((node) => ({
      ...node,
      port: 'inherit',
      weight: 100,
      maxConnections: 0,
      minConnections: 0,
      tls: 'inherit',
    }));
    for (const { realServers } of planned(reference)) expect(realServers).toEqual(servers);
  });

  it('plans commands that the contracts accept exactly as they are', () => {
    for (const command of planned(reference)) expect(AnyCommand.parse(command)).toEqual(command);
  });

  it('takes other ports, another scope and better checks', () => {
    const services = planned({
      ...reference,
      ports: { web: 8080, check: 1137 },
      scope: 'site-b',
      application: 'pacs-b',
      webPath: '/app/explorer.html',
      dicomCheck: { kind: 'dicom-echo', calledAe: 'INFINITT' },
    }).map(({ service }) => service);
    expect(services.map(({ ports }) => ports)).toEqual([[8080], [104], [105], [204], [1137]]);
    expect(new Set(services.map(({ scope, application }) => `${scope} ${application}`))).toEqual(
      new Set(['site-b pacs-b']),
    );
    const checks = services.map(healthCheckOf);
    expect(checks[0]).toMatchObject({ kind: 'http', path: '/app/explorer.html' });
    expect(checks.slice(1, 4)).toEqual(
      Array(3).fill({
        kind: 'dicom-echo',
        callingAe: 'EVENKEEL',
        calledAe: 'INFINITT',
        ...{ interval: '10s', timeout: '5s', rise: 2, fall: 3, port: 'inherit' },
      }),
    );
  });

  it.each<[string, object, string[]]>([
    ['no nodes', { ...reference, nodes: [] }, ['/nodes']],
    [
      'too many nodes',
      { ...reference, nodes: Array.from({ length: 33 }, (_, n) => ({ label: `N${n}`, address: `10.0.0.${n}` })) },
      ['/nodes'],
    ],
    ['an address that is none', { ...reference, vipAddress: '192.168.85' }, ['/vipAddress']],
    ['an unknown field', { ...reference, colour: 'red' }, ['/colour']],
    ['two services on one port', { ...reference, ports: { query: 104 } }, ['/ports/query']],
    [
      'two nodes with one label',
      { ...reference, nodes: [nodes[0], { ...nodes[1], label: 'INF_PACS1' }] },
      ['/nodes/1/label'],
    ],
    [
      'two nodes at one address',
      { ...reference, nodes: [nodes[0], { ...nodes[0], label: 'B' }] },
      ['/nodes/1/address'],
    ],
    ['a node at the address of the services', { ...reference, vipAddress: '192.168.85.201' }, ['/nodes/1/address']],
    [
      'a check without the AE title that it calls',
      { ...reference, dicomCheck: { kind: 'dicom-echo' } },
      ['/dicomCheck/calledAe'],
    ],
  ])('refuses %s and points at it', (_what, parameters, pointers) =>
    expect(errorsOf(parameters).map(({ pointer }) => pointer)).toEqual(pointers),
  );
});

describe('the list of blueprints', () => {
  it('has each name and version once, the newest version of a name first', () => {
    const titles = blueprints.map(({ name, version }) => `${name} ${version}`);
    expect(new Set(titles).size).toBe(titles.length);
    for (const [name, versions] of Map.groupBy(blueprints, (blueprint) => blueprint.name))
      expect([name, versions.map(({ version }) => version)]).toEqual([
        name,
        versions.map(({ version }) => version).toSorted((a, b) => b - a),
      ]);
  });

  it('refuses a name that is not in it, and says which are', () =>
    expect(planBlueprint('infinitt', 1, reference)).toEqual({
      ok: false,
      refusal: { kind: 'unknown-blueprint', name: 'infinitt', known: ['infinitt-pacs version 1'] },
    }));
});
