import type { ClusterEvent } from '@evenkeel/contracts';
import { aServiceSpec, type ServiceFields, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import {
  aContext,
  addServer,
  addService,
  aDocument,
  apply,
  clusterOf,
  declared,
  duplicate,
  modifyService,
  pacs,
  removeService,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
} from '../../test/told.ts';
import { decide, fromSnapshot, lint, overviewOf, toSnapshot } from '../index.ts';

const ownCheck = { healthCheck: { kind: 'connect' as const, port: 8_000 } };
const hl7 = { label: 'HL7', ports: ['8000-8010'], ...ownCheck };

const modified = (changed: string[], fields: ServiceFields): ClusterEvent => ({
  kind: 'VirtualServiceModified',
  virtualServiceId: virtualServiceId(1),
  changed,
  service: aServiceSpec(fields),
});
const holder = { virtualServiceId: virtualServiceId(1), label: 'HL7' };

describe('a range of ports', () => {
  const given = rule.given(serviceAdded(1, hl7));

  it.each<[string, (number | string)[], number | undefined]>([
    ['a port within it', [8_005], 8_005],
    ['its first port', [8_000], 8_000],
    ['its last port', ['8010-9000'], 8_010],
    ['a range that begins before it', ['7000-8003'], 8_000],
    ['a range around it', ['7900-8100'], 8_000],
    ['one of several', [80, '8200-8300', 8_009], 8_009],
    ['its neighbours', [7_999, 8_011], undefined],
    ['the ranges beside it', ['7000-7999', '8011-8020'], undefined],
  ])('has its ports to itself: %s', (_what, ports, port) => {
    const asked = given.when(addService({ ...ownCheck, ports }));
    if (port === undefined) asked.then(added(2, { ...ownCheck, ports }));
    else asked.refuses('address-and-port-in-use', { port, transport: 'tcp', holder });
  });

  const added = (number: number, service: ServiceFields): ClusterEvent => ({
    kind: 'VirtualServiceAdded',
    virtualServiceId: virtualServiceId(101),
    number,
    service: aServiceSpec(service),
  });

  it('leaves the other transport and other addresses alone', () => {
    const udp = { ports: ['8005-8006'], layer: 4 as const, mode: 'udp' as const };
    given.when(addService(udp)).then(added(2, udp));
    const elsewhere = { ...ownCheck, ports: ['8005-8006'], address: '192.168.85.151' };
    given.when(addService(elsewhere)).then(added(2, elsewhere));
    const both = { ...ownCheck, ports: ['8005-8006'], layer: 4 as const, mode: 'tcp-udp' as const };
    given.when(addService(both)).refuses('address-and-port-in-use', { port: 8_005, transport: 'tcp' });
  });

  it('is met by a service that has a single port in it', () =>
    rule
      .given(serviceAdded(1, { label: 'HL7', ports: [8_005] }))
      .when(addService({ ...ownCheck, ports: ['8000-8010'] }))
      .refuses('address-and-port-in-use', { port: 8_005, holder }));

  it('may grow and shrink over its own ports, and gives back what it leaves', () => {
    given.when(modifyService(1, { ports: ['8005-8020'] })).then(modified(['ports'], { ...hl7, ports: ['8005-8020'] }));
    const moved = rule.given(serviceAdded(1, hl7), modified(['ports'], { ...hl7, ports: ['8005-8020'] }));
    moved.when(addService({ ports: [8_004] })).then(added(2, { ports: [8_004] }));
    moved.when(addService({ ports: [8_020] })).refuses('address-and-port-in-use', { port: 8_020, holder });
  });

  it('is free again when its service is removed', () => {
    const cluster = clusterOf(serviceAdded(1, hl7), {
      kind: 'VirtualServiceRemoved',
      virtualServiceId: virtualServiceId(1),
    });
    expect(cluster.ranges.isEmpty()).toBe(true);
    given.when(removeService(1)).then({ kind: 'VirtualServiceRemoved', virtualServiceId: virtualServiceId(1) });
  });

  it('is found in a snapshot as it was', () => {
    const cluster = clusterOf(serviceAdded(1, hl7), serviceAdded(2, { ports: [8_011] }));
    const restored = fromSnapshot(JSON.parse(JSON.stringify(toSnapshot(cluster))) as ReturnType<typeof toSnapshot>);
    const decided = decide(restored, addService({ label: 'NEW', ports: [8_010] }), aContext());
    expect(decided).toMatchObject({ ok: false, refusal: { kind: 'address-and-port-in-use', port: 8_010 } });
  });

  it('says nothing new when it is written in another way', () =>
    given.when(modifyService(1, { ports: ['8006-8010', '8000-8005'] })).then());

  it('does not hide a port that Evenkeel itself has', () => {
    const reserved = new Map([
      [9443, 'the console'],
      [7778, 'persistence tables'],
    ]);
    const strict = ruleIn({ reservedPorts: reserved });
    strict
      .given()
      .when(addService({ ...ownCheck, ports: ['7000-8000'] }))
      .refuses('port-reserved', { port: 7_778, usedFor: 'persistence tables' });
    strict
      .given(serviceAdded(1, { ...hl7, ports: ['9000-9500'] }))
      .when(modifyService(1, { ports: ['9001-9500'] }))
      .then(modified(['ports'], { ...hl7, ports: ['9001-9500'] }));
  });

  it('takes real servers that inherit the port, and none with a port of its own', () => {
    given.when(addServer(1, pacs(1, { port: 8_000 }))).refuses('invalid-combination', {
      errors: [
        {
          pointer: '/port',
          detail: "port 8000 cannot stand with the service's ports 8000-8010: all of them would end on one port",
          expected: 'port "inherit", or one service for each port',
          inherited: false,
        },
      ],
    });
    rule
      .given(serviceAdded(1, hl7), serverAdded(51, 1))
      .when(addServer(1, pacs(1, { label: 'AGAIN' })))
      .refuses('duplicate-real-server', { address: '192.168.85.200' });
  });
});

describe('the check of a service with a range', () => {
  const errors = (inherited: boolean) => [
    {
      pointer: '/healthCheck/port',
      detail:
        'healthCheck.port "inherit" cannot stand with ports 80, 8000-8010: a range has no port to ask before the others',
      expected: 'a number, or healthCheck.kind "ping", "follow" or "none"',
      inherited,
    },
  ];
  const ports = [80, '8000-8010'];

  it('has a port of its own', () => {
    rule
      .given()
      .when(addService({ ports }))
      .refuses('invalid-combination', { errors: errors(false) });
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { ports }))
      .refuses('invalid-combination', { errors: errors(false) });
    rule
      .given(serviceAdded(1))
      .when(duplicate(1, 'COPY', { ports }))
      .refuses('invalid-combination', { errors: errors(true) });
    rule
      .given()
      .when(apply(aDocument([declared({ ports })])))
      .refuses('invalid-combination', {
        errors: errors(false).map((error) => ({ ...error, pointer: `/virtualServices/0${error.pointer}` })),
      });
  });

  it.each(['ping', 'none'] as const)('or is of a kind that knows no port: %s', (kind) =>
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { ports, healthCheck: { kind } }))
      .then(modified(['healthCheck', 'ports'], { ports, healthCheck: { kind } })),
  );

  it('goes to the first of a list of single ports, as it always did', () =>
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { ports: [104, 105, 106] }))
      .then(modified(['ports'], { ports: [104, 105, 106] })));
});

it('is shown as it is written, and DICOM within it is seen', () => {
  const cluster = clusterOf(serviceAdded(1, { ...hl7, ports: ['100-110'], mode: 'http' }), serverAdded(51, 1));
  expect(overviewOf(cluster, new Map()).services[0]).toMatchObject({
    ports: ['100-110'],
    realServers: [{ ports: ['100-110'] }],
  });
  const found = lint(cluster).find(({ code }) => code === 'dicom-port-in-http-mode');
  expect(found?.detail).toBe('HL7 expects HTTP on DICOM port 104, 105');
});

it('is swapped between two services by one document', () => {
  const both = [
    serviceAdded(1, { ...hl7, label: 'A', scope: 'pacs' }),
    serviceAdded(2, { label: 'B', ports: [104], scope: 'pacs', ...ownCheck }),
  ];
  const document = aDocument([
    declared({ label: 'A', ports: [104], ...ownCheck }),
    declared({ label: 'B', ports: ['8000-8010'], ...ownCheck }),
  ]);
  const decided = decide(clusterOf(...both), apply(document), aContext());
  if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
  const cluster = clusterOf(...both, ...decided.value.events);
  expect(cluster.endpoints.get('192.168.85.150 104/tcp')).toBe(virtualServiceId(1));
  expect(cluster.ranges.get('192.168.85.150 tcp')).toEqual([{ from: 8_000, to: 8_010, id: virtualServiceId(2) }]);
});
