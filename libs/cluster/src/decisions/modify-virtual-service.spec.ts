import { aServiceSpec, type ServiceFields, virtualServiceId } from '@evenkeel/testing';
import type { ClusterEvent } from '@evenkeel/contracts';
import { describe, it } from '@jest/globals';
import { dicomWithTwo, modifyService, pacs, rule, ruleIn, serverAdded, serviceAdded } from '../../test/told.ts';

const modified = (changed: string[], fields: ServiceFields): ClusterEvent => ({
  kind: 'VirtualServiceModified',
  virtualServiceId: virtualServiceId(1),
  changed,
  service: aServiceSpec(fields),
});

describe('modifying a virtual service', () => {
  it('changes the named fields and keeps the others', () =>
    rule
      .given(serviceAdded(1, { application: 'pacs' }))
      .when(modifyService(1, { ports: [11_112], maxConnections: 100 }))
      .then(modified(['maxConnections', 'ports'], { application: 'pacs', ports: [11_112], maxConnections: 100 })));

  it('gives a field its default back for null', () =>
    rule
      .given(serviceAdded(1, { application: 'pacs', timeouts: { client: '1h' } }))
      .when(modifyService(1, { application: null, timeouts: { client: null } }))
      .then(modified(['application', 'timeouts'], {})));

  it('says nothing new when the values are those that it has, however they are written', () =>
    rule
      .given(serviceAdded(1, { ports: [104, 105] }))
      .when(modifyService(1, { ports: [105, 104], timeouts: { client: '720m' } }))
      .then());

  it('starts a health check or persistence of another kind with the defaults of that kind', () =>
    rule
      .given(serviceAdded(1, { healthCheck: { kind: 'connect', interval: '3s' } }))
      .when(modifyService(1, { healthCheck: { kind: 'dicom-echo', calledAe: 'INFINITT' } }))
      .then(modified(['healthCheck'], { healthCheck: { kind: 'dicom-echo', calledAe: 'INFINITT', interval: '10s' } })));

  it('refuses an unknown service', () =>
    rule
      .given()
      .when(modifyService(1, {}))
      .refuses('unknown-virtual-service', { virtualServiceId: virtualServiceId(1) }));

  it('refuses values that are wrong by themselves, all at once, each with its place', () =>
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { ports: [70_000], colour: 'red', timeouts: { client: 'soon' } }))
      .refuses('invalid-input', {
        errors: [
          { pointer: '/ports/0', detail: '70000 is too large', expected: 'at most 65535' },
          {
            pointer: '/timeouts/client',
            detail: '"soon" does not fit here',
            expected: 'a whole number and one of ms, s, m, h, d: 500ms, 5s, 30m, 12h',
          },
          {
            pointer: '/colour',
            detail:
              'unknown field "colour"; known: label, scope, application, address, ports, availability, panic, slowStart, layer, balance, ' +
              'maxConnections, tcpKeepAlive, redispatch, clearOnDrain, sendProxy, onDown, queueTimeout, mode, persistence, healthCheck, timeouts, fallback',
          },
        ],
      }));

  it('refuses fields and kinds of another mode, naming both sides and what is allowed', () =>
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { persistence: { kind: 'http-cookie' }, forwardedFor: true }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/persistence/kind',
            detail: 'persistence.kind "http-cookie" cannot stand in layer 7 mode "tcp"',
            expected: 'one of "none", "source-ip"; or layer 7 mode "http"',
            inherited: false,
          },
          {
            pointer: '/forwardedFor',
            detail: 'forwardedFor does not exist in layer 7 mode "tcp"',
            expected: 'no forwardedFor, or layer 7 mode "http"',
            inherited: false,
          },
        ],
      }));

  it('changes the mode only when the fields that somebody chose and that are lost are taken back by name', () => {
    const timeouts = { client: '12h', server: '12h' };
    const web = rule.given(serviceAdded(1, { mode: 'http', timeouts, forwardedFor: false }));
    web.when(modifyService(1, { mode: 'tcp' })).refuses('invalid-combination', {
      errors: [
        {
          pointer: '/forwardedFor',
          detail: 'forwardedFor does not exist in layer 7 mode "tcp"',
          expected: 'no forwardedFor, or layer 7 mode "http"',
          inherited: false,
        },
      ],
    });
    const httpOnly = [
      ...[
        'action',
        'backendTls',
        'connection',
        'fallback',
        'forwardedFor',
        'keepAliveTimeout',
        'mode',
        'requestTimeout',
      ],
      ...['reuse', 'tunnelTimeout'],
    ];
    web.when(modifyService(1, { mode: 'tcp', forwardedFor: null })).then(modified(httpOnly, {}));
    web.when(modifyService(1, { mode: 'tcp', forwardedFor: null, fallback: null })).then(modified(httpOnly, {}));
  });

  it('refuses a mode that a real server with TLS of its own does not fit', () =>
    rule
      .given(serviceAdded(1, { mode: 'http' }), serverAdded(51, 1, pacs(1, { tls: 'off' })))
      .when(modifyService(1, { mode: 'tcp' }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/mode',
            detail: 'INF_PACS1: tls "off" cannot stand with mode "tcp": bytes pass there as they are',
            expected: 'tls "inherit", or mode "http"',
            inherited: false,
          },
        ],
      }));

  it('takes an address of another family than its real servers have on layer 7', () =>
    rule
      .given(serviceAdded(1), serverAdded(51, 1))
      .when(modifyService(1, { address: '2001:DB8:0::150' }))
      .then(modified(['address'], { address: '2001:db8::150' })));

  it('refuses on layer 4 an address of another family than its real servers have', () =>
    rule
      .given(serviceAdded(1, { layer: 4, mode: 'tcp' }), serverAdded(51, 1))
      .when(modifyService(1, { address: '2001:db8::150' }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/address',
            detail:
              'INF_PACS1: 192.168.85.200 is IPv4, and the service has the IPv6 address 2001:db8::150: layer 4 does not translate between them',
            expected: "the machine's IPv6 address, or layer 7",
            inherited: false,
          },
        ],
      }));

  it('refuses another layer: it is fixed for life', () =>
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { layer: 4 }))
      .refuses('invalid-combination'));

  it('keeps its own label, address and ports without clashing with itself', () =>
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { ports: [104, 105] }))
      .then(modified(['ports'], { ports: [104, 105] })));

  it('refuses the address and port, or the label, of another service', () => {
    const two = rule.given(serviceAdded(1), serviceAdded(2, { label: 'QUERY', ports: [105] }));
    two.when(modifyService(1, { ports: [105] })).refuses('address-and-port-in-use');
    two.when(modifyService(1, { label: 'QUERY' })).refuses('label-in-use');
  });

  it('refuses a reserved port when it is new, and minds none that it had before', () => {
    const late = ruleIn({ reservedPorts: new Map([[104, 'a new port of ours']]) }).given(serviceAdded(1));
    late.when(modifyService(1, { ports: [104, 105] })).then(modified(['ports'], { ports: [104, 105] }));
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { ports: [9443] }))
      .refuses('port-reserved');
  });

  it('refuses the address of a machine', () =>
    rule
      .given(...dicomWithTwo)
      .when(modifyService(1, { address: '192.168.85.201' }))
      .refuses('address-loop', { virtualService: { virtualServiceId: virtualServiceId(1), label: 'DICOM' } }));

  it('refuses several ports while a real server has a port of its own, and names it', () =>
    rule
      .given(serviceAdded(1), serverAdded(51, 1, pacs(1, { port: 11_112 })))
      .when(modifyService(1, { ports: [104, 105] }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/ports',
            detail:
              "INF_PACS1: port 11112 cannot stand with the service's ports 104, 105: all of them would end on one port",
            expected: 'port "inherit", or one service for each port',
            inherited: false,
          },
        ],
      }));

  it('refuses a port that makes two real servers of one machine the same', () =>
    rule
      .given(serviceAdded(1), serverAdded(51, 1), serverAdded(52, 1, pacs(1, { label: 'SECOND', port: 11_112 })))
      .when(modifyService(1, { ports: [11_112] }))
      .refuses('duplicate-real-server'));

  it('refuses to follow itself, directly or in a circle, and shows the circle', () => {
    const follows = (number: number) => ({ kind: 'follow', virtualService: virtualServiceId(number) }) as const;
    rule
      .given(serviceAdded(1))
      .when(modifyService(1, { healthCheck: follows(1) }))
      .refuses('invalid-combination');
    rule
      .given(
        serviceAdded(1),
        serviceAdded(2, { label: 'QUERY', ports: [105], healthCheck: follows(1) }),
        serviceAdded(3, { label: 'MWL', ports: [204], healthCheck: follows(2) }),
      )
      .when(modifyService(1, { healthCheck: follows(3) }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/healthCheck/virtualService',
            detail: 'healthCheck follows a circle: DICOM → MWL → QUERY → DICOM',
            expected: 'a service whose healthCheck.kind is not "follow" in the end',
            inherited: false,
          },
        ],
      });
  });
});
