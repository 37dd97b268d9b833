import { type ClusterEvent, LintCode } from '@evenkeel/contracts';
import { realServerId, type ServiceFields, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { referenceCluster } from '../../test/reference.ts';
import { clusterOf, pacs, serverAdded, serviceAdded } from '../../test/told.ts';
import { lint } from './lint.ts';

// Nothing to say about this one: DICOM with an echo check, long timeouts and two servers.
const good: ServiceFields = { healthCheck: { kind: 'dicom-echo' } };
const servers = [serverAdded(51, 1), serverAdded(52, 1)];
const service = (fields: ServiceFields): ClusterEvent[] => [
  serviceAdded(1, { ...good, ...fields } as ServiceFields),
  ...servers,
];
const withServers = (...added: ClusterEvent[]): ClusterEvent[] => [serviceAdded(1, good), ...added];
const second = (fields: ServiceFields): ClusterEvent[] => [
  serviceAdded(2, { label: 'QUERY', ports: [105], ...good, ...fields } as ServiceFields),
  ...[serverAdded(53, 2, pacs(1)), serverAdded(54, 2, pacs(2))],
];
const pacsApplication: ServiceFields = { application: 'pacs' };
const sticky = (timeout: string): ServiceFields => ({
  ...pacsApplication,
  persistence: { kind: 'source-ip', timeout },
});

const overHttp = { mode: 'http', timeouts: { client: '12h', server: '12h' } } as const;
const remembering = (address: string): ClusterEvent[] =>
  service({ ...overHttp, address, ports: [80], persistence: { kind: 'source-ip' } });
const sendingThere = (address: string): ClusterEvent[] =>
  second({
    ...overHttp,
    address,
    ports: [8080],
    rules: [
      {
        match: { path: [{ kind: 'prefix', value: '/pacs' }] },
        action: { kind: 'service', virtualService: virtualServiceId(1) },
      },
    ],
  });

type Case = { readonly bad: ClusterEvent[]; readonly says: string[]; readonly fine: ClusterEvent[] };

const cases: Readonly<Record<Exclude<LintCode, 'effective-port-moved' | 'limit-above-node'>, Case>> = {
  'dicom-port-in-http-mode': {
    bad: service({ mode: 'http', ports: [80, 11_112], timeouts: { client: '12h', server: '12h' } }),
    says: ['DICOM expects HTTP on DICOM port 11112'],
    fine: service({ mode: 'http', ports: [80] }),
  },
  'connect-check-on-udp': {
    bad: service({ layer: 4, mode: 'tcp-udp', ports: [137], healthCheck: { kind: 'connect' } }),
    says: ['DICOM serves UDP, and a TCP connect decides who is up'],
    fine: service({ layer: 4, mode: 'tcp-udp', ports: [137], healthCheck: { kind: 'netbios-node-status' } }),
  },
  'connect-check-on-dicom': {
    bad: service({ healthCheck: { kind: 'connect' } }),
    says: ['DICOM checks DICOM port 104 by a TCP connect, which cannot see a PACS that hangs'],
    fine: service({ ports: [8080], healthCheck: { kind: 'connect' } }),
  },
  'ping-check': {
    bad: service({ healthCheck: { kind: 'ping' } }),
    says: ['DICOM is checked by a ping, which sees the machine and not the service on it'],
    fine: service({}),
  },
  'secret-in-clear': {
    bad: service({ mode: 'http', ports: [80], healthCheck: { kind: 'http', basicAuth: { secret: 'monitor' } } }),
    says: [
      'the check of DICOM sends the password of monitor without encryption: whoever listens on the way can read it',
    ],
    fine: service({
      mode: 'http',
      ports: [80],
      healthCheck: { kind: 'http', basicAuth: { secret: 'monitor' }, tls: { verify: true } },
    }),
  },
  'no-health-check': {
    bad: service({ healthCheck: { kind: 'none' } }),
    says: ['DICOM has no health check: a dead server keeps its clients'],
    fine: service({}),
  },
  'duplicate-label': {
    bad: [
      ...service({}),
      ...second({ label: 'DICOM', scope: 'other' }),
      serverAdded(55, 2, pacs(2, { label: 'B', port: 99 })),
    ],
    says: [
      'DICOM of scope manual has a namesake in scope other',
      'DICOM of scope other has a namesake in scope manual',
      '192.168.85.201 is called INF_PACS2 and B',
    ],
    fine: [...service({}), ...second({})],
  },
  'fallback-missing': {
    bad: service({ mode: 'http', ports: [80], fallback: { kind: 'none' } }),
    says: ['DICOM has no fallback: with all servers down, browsers show an error of their own'],
    fine: service({ mode: 'http', ports: [80] }),
  },
  'weight-zero-everywhere': {
    bad: withServers(serverAdded(51, 1, pacs(1, { weight: 0 })), serverAdded(52, 1, pacs(2, { weight: 0 }))),
    says: ['DICOM: every real server has weight 0, so nobody takes new clients'],
    fine: service({}),
  },
  'weight-zero-as-drain': {
    bad: withServers(serverAdded(51, 1), serverAdded(52, 1, pacs(2, { weight: 0 }))),
    says: ['INF_PACS2 of DICOM has weight 0'],
    fine: service({}),
  },
  'single-real-server': {
    bad: withServers(serverAdded(51, 1)),
    says: ['DICOM has only INF_PACS1'],
    fine: service({}),
  },
  'watermark-too-high': {
    bad: service({ availability: 51 }),
    says: ['DICOM wants 51% available, 2 of 2, so none can be drained'],
    fine: service({ availability: 50 }),
  },
  'panic-too-high': {
    bad: service({ panic: { below: 51, then: 'serve-all' } }),
    says: ['DICOM panics below 51%: one of its 2 that fails is enough, so no check takes it out'],
    fine: service({ panic: { below: 50, then: 'serve-all' } }),
  },
  'persistence-differs-in-application': {
    bad: [
      ...[...service(sticky('30m')), ...second(sticky('20m'))],
      serviceAdded(3, { label: 'MWL', ports: [204], ...good, ...sticky('30m') } as ServiceFields),
      serviceAdded(4, { label: 'WEB', ports: [8080], ...good, ...pacsApplication } as ServiceFields),
      ...[55, 56].map((id, index) => serverAdded(id, 3, pacs(index + 1))),
      ...[57, 58].map((id, index) => serverAdded(id, 4, pacs(index + 1))),
    ],
    says: [
      'most services of pacs keep a client on its server, and WEB differs',
      'QUERY keeps a client for 20m, most services of pacs for 30m',
    ],
    fine: [...service(sticky('30m')), ...second(sticky('30m'))],
  },
  'machines-differ-in-application': {
    bad: [...service(pacsApplication), ...second(pacsApplication), serverAdded(55, 2, pacs(3))],
    says: ['DICOM lacks INF_PACS3, which other services of pacs have'],
    fine: [...service(pacsApplication), ...second(pacsApplication)],
  },
  'short-timeout-on-dicom': {
    bad: service({ timeouts: { client: '599s' } }),
    says: ['DICOM ends idle connections after 599s (client) and 12h (server)'],
    fine: service({ timeouts: { client: '10m', server: '10m' } }),
  },
  'followed-machine-missing': {
    bad: [
      ...service({}),
      ...second({ healthCheck: { kind: 'follow', virtualService: virtualServiceId(1) } }),
      serverAdded(55, 2, pacs(3)),
    ],
    says: ['QUERY follows DICOM, which has no INF_PACS3 at 192.168.85.202'],
    fine: [...service({}), ...second({ healthCheck: { kind: 'follow', virtualService: virtualServiceId(1) } })],
  },
  'source-of-another-family': {
    bad: [
      serviceAdded(1, { healthCheck: { kind: 'dicom-echo', source: '192.168.85.20' } }),
      ...[serverAdded(51, 1), serverAdded(52, 1, pacs(2, { address: '2001:db8::201' }))],
    ],
    says: ['DICOM is checked from the IPv4 address 192.168.85.20, and INF_PACS2 can be asked over IPv6 only'],
    fine: service({ healthCheck: { kind: 'dicom-echo', source: '192.168.85.20' } }),
  },
  'pool-of-another-family': {
    bad: [...remembering('192.168.85.150'), ...sendingThere('2001:db8::150')],
    says: ['QUERY sends clients with IPv6 addresses to DICOM, which remembers IPv4 addresses only'],
    fine: [...remembering('2001:db8::150'), ...sendingThere('2001:db8::151'), ...servers],
  },
};

describe('lint', () => {
  it('has a case for every code that a state can show', () =>
    expect([...Object.keys(cases), 'effective-port-moved', 'limit-above-node'].toSorted()).toEqual(
      LintCode.options.toSorted(),
    ));

  it.each(Object.entries(cases))(
    'finds %s, and nothing else, and not where all is well',
    (code, { bad, says, fine }) => {
      const findings = lint(clusterOf(...bad));
      expect(findings.map(({ detail }) => detail)).toEqual(says);
      expect(findings.map((finding) => finding.code)).toEqual(says.map(() => code));
      expect(lint(clusterOf(...fine))).toEqual([]);
    },
  );

  it('says which service or real server it means, and what would be better', () =>
    expect(lint(clusterOf(...withServers(serverAdded(51, 1), serverAdded(52, 1, pacs(2, { weight: 0 })))))).toEqual([
      {
        code: 'weight-zero-as-drain',
        virtualServiceId: virtualServiceId(1),
        realServerId: realServerId(52),
        detail: 'INF_PACS2 of DICOM has weight 0',
        advice: 'Use drain: it says who did it and why, and leaves the weight as it was.',
      },
    ]));

  it('advises the reference deployment on its connect checks only, and is content with an echo', () => {
    expect(lint(referenceCluster()).map(({ code }) => code)).toEqual(Array(3).fill('connect-check-on-dicom'));
    expect(lint(referenceCluster({ dicomCheck: { kind: 'dicom-echo', calledAe: 'INFINITT' } }))).toEqual([]);
  });
});

describe('lint of a part', () => {
  const cluster = clusterOf(
    ...service({ ...pacsApplication, healthCheck: { kind: 'none' } }),
    ...second({ healthCheck: { kind: 'none' } }),
  );

  it('looks at the named services only', () => {
    expect(lint(cluster).map(({ virtualServiceId: id }) => id)).toEqual([virtualServiceId(1), virtualServiceId(2)]);
    expect(lint(cluster, { only: [virtualServiceId(2)] }).map(({ virtualServiceId: id }) => id)).toEqual([
      virtualServiceId(2),
    ]);
    expect(lint(cluster, { only: [virtualServiceId(9), realServerId(51), 'machine:192.168.85.200'] })).toEqual([]);
  });

  it('looks at their whole application, where a change here makes another one odd', () => {
    const odd = clusterOf(...service(sticky('30m')), ...second(pacsApplication));
    expect(lint(odd, { only: [virtualServiceId(1)] }).map(({ virtualServiceId: id, code }) => [id, code])).toEqual([
      [virtualServiceId(2), 'persistence-differs-in-application'],
    ]);
  });
});
