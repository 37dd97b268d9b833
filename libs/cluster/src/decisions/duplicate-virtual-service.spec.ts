import type { ClusterEvent, DuplicateReview } from '@evenkeel/contracts';
import { type ServiceFields, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import {
  aContext,
  clusterOf,
  disabled,
  dicomWithTwo,
  drainStarted,
  duplicate,
  pacs,
  rule,
  serverAdded,
  serviceAdded,
} from '../../test/told.ts';
import { decide } from '../index.ts';

const web: ServiceFields = {
  label: 'INFINITT_Web',
  mode: 'http',
  ports: [80],
  persistence: { kind: 'http-cookie-and-source-ip' },
  healthCheck: { kind: 'http' },
};
const webWithTwo = [serviceAdded(1, web), serverAdded(51, 1), serverAdded(52, 1)];
/** What turns the web service into the reference deployment's DICOM service. */
const asDicom = { mode: 'tcp', ports: [104], persistence: { kind: 'source-ip' }, healthCheck: { kind: 'connect' } };

const duplicateOf = (id: number, fields: ServiceFields, number: number): ClusterEvent =>
  Object.assign(serviceAdded(id, fields, number), { duplicatedFrom: virtualServiceId(1) });

const reviewOf = (given: readonly ClusterEvent[], overrides: Parameters<typeof duplicate>[2]): DuplicateReview => {
  const decided = decide(clusterOf(...given), duplicate(1, 'COPY', overrides), aContext());
  if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
  expect(decided.value.review).toBeDefined();
  return decided.value.review as DuplicateReview;
};

describe('duplicating a virtual service', () => {
  it('copies the service and its real servers and remembers the origin', () =>
    rule
      .given(...dicomWithTwo)
      .when(duplicate(1, 'QUERY', { ports: [105] }))
      .then(
        duplicateOf(101, { label: 'QUERY', ports: [105] }, 53),
        serverAdded(101, 101, pacs(1), 54),
        serverAdded(102, 101, pacs(2), 55),
      ));

  it('copies neither intents nor a disabled state', () =>
    rule
      .given(...dicomWithTwo, drainStarted(51), disabled(1))
      .when(duplicate(1, 'QUERY', { ports: [105], address: '192.168.85.151' }))
      .then(
        duplicateOf(101, { label: 'QUERY', ports: [105], address: '192.168.85.151' }, 53),
        serverAdded(101, 101, pacs(1), 54),
        drainStarted(101), // the machine drains everywhere, so the new one does: not a copy, the rule for machines
        serverAdded(102, 101, pacs(2), 55),
      ));

  it('starts online where a drain of the source was not one of the whole machine', () =>
    rule
      .given(
        ...dicomWithTwo,
        drainStarted(51),
        ...[serviceAdded(2, { label: 'MWL', ports: [204] }), serverAdded(53, 2, pacs(1))],
      )
      .when(duplicate(1, 'QUERY', { ports: [105] }))
      .then(
        duplicateOf(101, { label: 'QUERY', ports: [105] }, 54),
        serverAdded(101, 101, pacs(1), 55),
        serverAdded(102, 101, pacs(2), 56),
      ));

  it('makes the DICOM service of the reference deployment from its web service', () =>
    rule
      .given(...webWithTwo)
      .when(duplicate(1, 'DICOM', asDicom))
      .then(
        duplicateOf(101, { persistence: { kind: 'source-ip' } }, 53),
        serverAdded(101, 101, pacs(1), 54),
        serverAdded(102, 101, pacs(2), 55),
      ));

  it('refuses an unknown source', () => rule.given().when(duplicate(1, 'COPY')).refuses('unknown-virtual-service'));

  it('refuses an inherited address and port, and says that it was inherited', () => {
    rule
      .given(serviceAdded(1))
      .when(duplicate(1, 'QUERY'))
      .refuses('address-and-port-in-use', {
        inherited: true,
        holder: { virtualServiceId: virtualServiceId(1), label: 'DICOM' },
      });
    rule
      .given(serviceAdded(1), serviceAdded(2, { label: 'QUERY', ports: [105] }))
      .when(duplicate(1, 'COPY', { ports: [105] }))
      .refuses('address-and-port-in-use', { inherited: false });
  });

  it('refuses an inherited value that cannot stand in the new mode, and marks it', () =>
    rule
      .given(...webWithTwo)
      .when(duplicate(1, 'DICOM', { ...asDicom, persistence: {} }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/persistence/kind',
            detail: 'persistence.kind "http-cookie-and-source-ip" cannot stand in layer 7 mode "tcp"',
            expected: 'one of "none", "source-ip"; or layer 7 mode "http"',
            inherited: true,
          },
        ],
      }));

  it('does not blame the source for what was asked for', () =>
    rule
      .given(...webWithTwo)
      .when(duplicate(1, 'DICOM', { ...asDicom, persistence: { kind: 'http-cookie' } }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/persistence/kind',
            detail: 'persistence.kind "http-cookie" cannot stand in layer 7 mode "tcp"',
            expected: 'one of "none", "source-ip"; or layer 7 mode "http"',
            inherited: false,
          },
        ],
      }));

  it('refuses an HTTP check that was left on a DICOM port, and lets somebody ask for one', () => {
    const leftOver = { ...asDicom, healthCheck: {} };
    rule
      .given(...webWithTwo)
      .when(duplicate(1, 'DICOM', leftOver))
      .refuses('invalid-combination');
    rule
      .given(serviceAdded(1, web))
      .when(duplicate(1, 'DICOM', { ...leftOver, healthCheck: { kind: 'connect', port: 8080 } }))
      .then(duplicateOf(101, { persistence: { kind: 'source-ip' }, healthCheck: { kind: 'connect', port: 8080 } }, 2));
    const onItsOwnPort: ServiceFields = { ...web, healthCheck: { kind: 'http', port: 8080 } };
    rule
      .given(serviceAdded(1, onItsOwnPort))
      .when(duplicate(1, 'DICOM', leftOver))
      .then(duplicateOf(101, { persistence: { kind: 'source-ip' }, healthCheck: { kind: 'http', port: 8080 } }, 2));
  });

  it('refuses a fixed port of an inherited real server under several new ports', () =>
    rule
      .given(serviceAdded(1), serverAdded(51, 1, pacs(1, { port: 11_112 })))
      .when(duplicate(1, 'COPY', { ports: [105, 106] }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/realServers/0/port',
            detail: "port 11112 cannot stand with the service's ports 105, 106: all of them would end on one port",
            expected: 'port "inherit", or one service for each port',
            inherited: true,
          },
        ],
      }));

  it('refuses another layer, an unknown field, and a label among the overrides', () => {
    rule
      .given(serviceAdded(1))
      .when(duplicate(1, 'COPY', { layer: 4 }))
      .refuses('invalid-combination');
    rule
      .given(serviceAdded(1))
      .when(duplicate(1, 'COPY', { colour: 'red' }))
      .refuses('invalid-input');
    rule
      .given(serviceAdded(1))
      .when(duplicate(1, 'COPY', { label: 'OTHER' }))
      .refuses('invalid-input');
  });

  it('refuses a label that is taken', () =>
    rule
      .given(serviceAdded(1))
      .when(duplicate(1, 'DICOM', { ports: [105] }))
      .refuses('label-in-use'));
});

describe('the review of a duplicate', () => {
  it('lists every value that was taken over unasked, and none that was given', () => {
    const { inherited } = reviewOf([...dicomWithTwo], { ports: [105], timeouts: { client: '1h' } });
    expect(inherited.map(({ field }) => field)).toEqual([
      ...[
        'scope',
        'address',
        'layer',
        'balance',
        'maxConnections',
        'tcpKeepAlive',
        'redispatch',
        'clearOnDrain',
        'sendProxy',
        'onDown',
        'queueTimeout',
        'mode',
      ],
      'persistence.kind',
      ...['kind', 'interval', 'timeout', 'rise', 'fall', 'port'].map((field) => `healthCheck.${field}`),
      ...['timeouts.server', 'timeouts.connect', 'fallback.kind'],
      'realServers',
    ]);
    expect(inherited).toContainEqual({ field: 'address', value: '192.168.85.150' });
    expect(inherited).toContainEqual({ field: 'timeouts.server', value: '12h' });
    expect(inherited.at(-1)?.value).toEqual([pacs(1), pacs(2)]);
  });

  it('lists real servers that inherit the port and so moved with it', () => {
    const given = [serviceAdded(1), serverAdded(51, 1), serverAdded(52, 1, pacs(2, { port: 11_112 }))];
    expect(reviewOf(given, { ports: [105] }).movedPorts).toEqual([
      { realServer: 'INF_PACS1', address: '192.168.85.200', from: [104], to: [105] },
    ]);
    expect(reviewOf(given, { address: '192.168.85.151' }).movedPorts).toEqual([]);
  });

  it('lists the fields that the new mode does not have', () =>
    expect(reviewOf([serviceAdded(1, web)], asDicom).dropped).toEqual([
      { field: 'action', value: 'balance' },
      { field: 'forwardedFor', value: true },
      { field: 'requestTimeout', value: '5s' },
      { field: 'connection', value: 'keep-alive' },
      { field: 'reuse', value: false },
      { field: 'keepAliveTimeout', value: '1m' },
      { field: 'tunnelTimeout', value: '1h' },
      { field: 'backendTls', value: { kind: 'off' } },
    ]));

  it('takes the timeouts of the new mode for those that nobody chose, and says so', () => {
    expect(reviewOf([serviceAdded(1, web)], asDicom).adjusted).toEqual([
      { field: 'timeouts.client', from: '5m', to: '12h' },
      { field: 'timeouts.server', from: '5m', to: '12h' },
      { field: 'fallback', from: { kind: 'page' }, to: { kind: 'none' } },
    ]);
  });

  it('keeps a timeout that somebody chose, and one that is given now', () => {
    const chosen = reviewOf([serviceAdded(1, { ...web, timeouts: { client: '20m' } })], {
      ...asDicom,
      timeouts: { server: '2h' },
    });
    expect(chosen.adjusted.filter(({ field }) => field.startsWith('timeouts'))).toEqual([]);
    expect(chosen.inherited).toContainEqual({ field: 'timeouts.client', value: '20m' });
  });

  it('does not call inherited what a new kind of check or persistence brought along', () => {
    const fields = reviewOf([serviceAdded(1, web)], asDicom).inherited.map(({ field }) => field);
    expect(fields.filter((field) => /^(healthCheck|persistence)/.test(field))).toEqual([]);
  });
});
