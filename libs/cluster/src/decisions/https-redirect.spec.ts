import { type ClusterEvent, type LintFinding, type VirtualServiceId } from '@evenkeel/contracts';
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
  revertingIn,
  revert,
  rule,
  serverAdded,
  serviceAdded,
} from '../../test/told.ts';
import { configurationOf, decide, lint, overviewOf } from '../index.ts';

const web = { label: 'WEB', ports: [80], mode: 'http' as const };
const redirecting = { ...web, action: 'redirect-to-https' as const };
const one = virtualServiceId(1);

const modified = (changed: string[], fields: ServiceFields): ClusterEvent => ({
  kind: 'VirtualServiceModified',
  virtualServiceId: one,
  changed,
  service: aServiceSpec(fields),
});
const misfit = (pointer: string, label: string) => ({
  errors: [
    {
      pointer,
      detail: `real server ${label} cannot stand with action "redirect-to-https": WEB answers every request itself`,
      expected: 'no real servers, or action "balance"',
      inherited: false,
    },
  ],
});
/** All fields that one action has and the other has not. */
const everyOther = [
  ...['action', 'backendTls', 'balance', 'clearOnDrain', 'connection', 'fallback', 'forwardedFor', 'healthCheck'],
  ...['keepAliveTimeout', 'onDown', 'persistence', 'queueTimeout', 'redirect', 'redispatch', 'reuse', 'sendProxy'],
  ...['tcpKeepAlive', 'timeouts', 'tunnelTimeout'],
];

describe('a redirect to HTTPS', () => {
  it('is added without anybody behind it', () =>
    rule
      .given()
      .when(addService({ ...redirecting, redirect: { code: 308, port: 8443 } }))
      .then({
        kind: 'VirtualServiceAdded',
        virtualServiceId: virtualServiceId(101),
        number: 1,
        service: aServiceSpec({ ...redirecting, redirect: { code: 308, port: 8443 } }),
      }));

  it('is not added with a real server', () =>
    rule
      .given()
      .when(addService(redirecting, pacs(1)))
      .refuses('invalid-combination', misfit('/realServers/0', 'INF_PACS1')));

  it('takes no real server afterwards', () =>
    rule
      .given(serviceAdded(1, redirecting))
      .when(addServer(1, pacs(1)))
      .refuses('invalid-combination', misfit('', 'INF_PACS1')));

  it('is what a service becomes that has nobody yet, without a word about fields that nobody chose', () =>
    rule
      .given(serviceAdded(1, web))
      .when(modifyService(1, { action: 'redirect-to-https' }))
      .then(modified(everyOther, redirecting)));

  it('becomes a service that balances again, with the defaults', () => {
    for (const action of ['balance', null])
      rule.given(serviceAdded(1, redirecting)).when(modifyService(1, { action })).then(modified(everyOther, web));
  });

  it('does not lose unsaid what somebody chose', () => {
    const inTheWay = (field: string, chosen: string, other: string) => ({
      errors: [
        {
          pointer: `/${field}`,
          detail: `${field} does not exist in layer 7 mode "http"${chosen}`,
          expected: `no ${field}, or action "${other}"`,
          inherited: false,
        },
      ],
    });
    rule
      .given(serviceAdded(1, { ...web, balance: 'round-robin' }))
      .when(modifyService(1, { action: 'redirect-to-https' }))
      .refuses('invalid-combination', inTheWay('balance', ' action "redirect-to-https"', 'balance'));
    rule
      .given(serviceAdded(1, { ...redirecting, redirect: { code: 301 } }))
      .when(modifyService(1, { action: 'balance' }))
      .refuses('invalid-combination', inTheWay('redirect', '', 'redirect-to-https'));
  });

  it('does not take the place of a service that has real servers', () =>
    rule
      .given(serviceAdded(1, web), serverAdded(51, 1))
      .when(modifyService(1, { action: 'redirect-to-https' }))
      .refuses('invalid-combination', {
        errors: [
          {
            ...misfit('/action', 'INF_PACS1').errors[0]!,
            detail: `INF_PACS1: ${misfit('', 'INF_PACS1').errors[0]!.detail}`,
          },
        ],
      }));

  it('keeps the address and port to itself as any service does', () =>
    rule
      .given(serviceAdded(1, redirecting))
      .when(addService({ ports: [80] }))
      .refuses('address-and-port-in-use'));

  it('leaves mode http by the name of its action', () =>
    rule
      .given(serviceAdded(1, redirecting))
      .when(modifyService(1, { mode: 'tcp' }))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/action',
            detail: 'action does not exist in layer 7 mode "tcp"',
            expected: 'no action, or layer 7 mode "http" action "redirect-to-https"',
            inherited: false,
          },
        ],
      }));
});

describe('what others may want of a redirect', () => {
  const follow = (id: VirtualServiceId) => ({ kind: 'follow' as const, virtualService: id });
  const match = { path: [{ kind: 'prefix' as const, value: '/' }] };
  const rules = [{ match, action: { kind: 'service' as const, virtualService: one } }];
  const routing = serviceAdded(2, { label: 'SITE', ports: [8080], mode: 'http', rules });
  const follower = serviceAdded(2, { healthCheck: follow(one) });

  it('is not its verdict', () => {
    const errors = [
      {
        pointer: '/healthCheck/virtualService',
        detail: 'WEB redirects to HTTPS and checks nobody',
        expected: 'the id of another virtual service',
      },
    ];
    rule
      .given(serviceAdded(1, redirecting))
      .when(addService({ healthCheck: follow(one) }))
      .refuses('invalid-input', { errors });
    rule
      .given(serviceAdded(1, web), follower)
      .when(modifyService(1, { action: 'redirect-to-https' }))
      .refuses('still-followed', { followers: [{ virtualServiceId: virtualServiceId(2), label: 'DICOM' }] });
  });

  it('is not its pool', () => {
    const errors = [
      {
        pointer: '/rules/0/action/virtualService',
        detail: 'WEB has action "redirect-to-https", and nobody who could answer a request from here',
        expected: 'the id of another virtual service of layer 7 in mode "http" with action "balance"',
      },
    ];
    rule
      .given(serviceAdded(1, redirecting))
      .when(addService({ label: 'SITE', ports: [8080], mode: 'http', rules }))
      .refuses('invalid-input', { errors });
    rule
      .given(serviceAdded(1, web), routing)
      .when(modifyService(1, { action: 'redirect-to-https' }))
      .refuses('still-routed-to', { users: [{ virtualServiceId: virtualServiceId(2), label: 'SITE' }] });
  });

  it('is not made by a document either', () => {
    const document = aDocument([
      declaredRedirect,
      declared({ healthCheck: { kind: 'follow', virtualService: 'WEB' } }),
    ]);
    rule.given().when(apply(document)).refuses('invalid-input');
    rule
      .given(serviceAdded(1, { ...web, scope: 'pacs' }), follower)
      .when(apply(aDocument([declaredRedirect])))
      .refuses('still-followed');
  });
});

const declaredRedirect = declared({ label: 'WEB', ports: [80], mode: 'http', action: 'redirect-to-https' });

describe('a document', () => {
  const ofScope = { scope: 'pacs' };
  const withTwo = [serviceAdded(1, { ...web, ...ofScope }), serverAdded(51, 1), serverAdded(52, 1)];

  it('turns a service into a redirect in one commit, and nobody has to be left', () =>
    rule
      .given(...withTwo)
      .when(apply(aDocument([declaredRedirect]), { force: false }))
      .refuses('mass-removal', { realServers: { removed: 2, most: 1 } }));

  it('does so with force, and asks for a reason because of the removal alone', () => {
    const decided = decide(clusterOf(...withTwo), apply(aDocument([declaredRedirect]), { force: true }), {
      ...aContext(),
      hasReason: true,
    });
    expect(decided.ok && decided.value.events.map(({ kind }) => kind)).toEqual([
      'VirtualServiceModified',
      'RealServerRemoved',
      'RealServerRemoved',
    ]);
  });

  it('has no place for its real servers', () =>
    rule
      .given()
      .when(apply(aDocument([{ ...declaredRedirect, realServers: [pacs(1)] }])))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/virtualServices/0/realServers',
            detail: 'realServers does not exist in layer 7 mode "http" action "redirect-to-https"',
            expected: 'no realServers, or action "balance"',
            inherited: false,
          },
        ],
      }));

  it('says all of it, and changes nothing when it is applied', () => {
    const events = [serviceAdded(1, { ...redirecting, ...ofScope, redirect: { code: 307 } })];
    const document = configurationOf(clusterOf(...events), 'pacs', 'radiology' as never);
    expect(document.virtualServices).toEqual([
      {
        ...{
          label: 'WEB',
          address: '192.168.85.150',
          ports: [80],
          layer: 7,
          mode: 'http',
          action: 'redirect-to-https',
        },
        ...{ redirect: { code: 307, port: 443 }, maxConnections: 40_000, requestTimeout: '5s' },
      },
    ]);
    rule
      .given(...events)
      .when(apply(document))
      .then();
  });
});

describe('a duplicate', () => {
  const source = [serviceAdded(1, web), serverAdded(51, 1), serverAdded(52, 1)];

  it('that redirects leaves the real servers of its source, and says so', () => {
    const wish = duplicate(1, 'TO_HTTPS', { ports: [8080], action: 'redirect-to-https' });
    const decided = decide(clusterOf(...source), wish, aContext());
    if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
    const { events, review } = decided.value;
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ service: aServiceSpec({ ...redirecting, label: 'TO_HTTPS', ports: [8080] }) });
    const dropped = new Map(review?.dropped.map(({ field, value }) => [field, value]));
    expect(dropped.get('realServers')).toMatchObject([{ label: 'INF_PACS1' }, { label: 'INF_PACS2' }]);
    expect(dropped.get('balance')).toBe('least-connections');
    expect(review?.movedPorts).toEqual([]);
  });

  it('of a redirect redirects, or balances when it is told to', () => {
    const given = rule.given(serviceAdded(1, { ...redirecting, redirect: { code: 301 } }));
    const added = (service: ServiceFields): ClusterEvent => ({
      ...{ kind: 'VirtualServiceAdded', virtualServiceId: virtualServiceId(101), number: 2 },
      ...{ service: aServiceSpec({ ...service, label: 'COPY', ports: [8080] }), duplicatedFrom: one },
    });
    given.when(duplicate(1, 'COPY', { ports: [8080] })).then(added({ ...redirecting, redirect: { code: 301 } }));
    given.when(duplicate(1, 'COPY', { ports: [8080], action: 'balance' })).then(added(web));
  });
});

describe('the revert of a change of action', () => {
  const toRedirect = modified(everyOther, redirecting);

  it('brings the old service back', () =>
    revertingIn([serviceAdded(1, { ...web, persistence: { kind: 'source-ip' } })], [toRedirect])
      .when(revert(2))
      .then(
        { kind: 'CommitReverted', revision: 2 as never },
        modified(everyOther, { ...web, persistence: { kind: 'source-ip' } }),
      ));

  it('is refused once a real server has come that a redirect cannot have', () =>
    revertingIn([serviceAdded(1, redirecting)], [modified(everyOther, web)], [serverAdded(51, 1)])
      .when(revert(2))
      .refuses('invalid-combination', misfit('', 'INF_PACS1')));
});

describe('the overview', () => {
  const rowOf = (rejection?: { readonly words: string }) => {
    const report = {
      ...{ node: 'node-a', observed: rejection === undefined ? 1 : 0, layer4: { state: 'able' } },
      ...(rejection === undefined ? {} : { rejection: { engine: 'haproxy', revision: 1, ...rejection } }),
    };
    const observed = { reports: [report as never], samples: [] };
    return overviewOf(clusterOf(serviceAdded(1, redirecting)), new Map(), observed).services[0];
  };

  it('calls a redirect up, though nobody is behind it', () =>
    expect(rowOf()).toMatchObject({
      ...{ state: 'up', reasons: [], detail: '', available: 0, of: 0, action: 'redirect-to-https', mode: 'Proxy' },
    }));

  it('still tells that a node refused it', () =>
    expect(rowOf({ words: 'no such address' })).toMatchObject({ state: 'degraded', reasons: ['rejected-by-node'] }));
});

it('gives no advice that only servers could follow', () => {
  const codesOf = (...events: ClusterEvent[]) => lint(clusterOf(...events)).map(({ code }: LintFinding) => code);
  expect(codesOf(serviceAdded(1, redirecting))).toEqual([]);
  const sticky = { application: 'pacs', persistence: { kind: 'source-ip' as const } };
  const others = [serviceAdded(2, sticky), serverAdded(51, 2), serverAdded(52, 2)];
  expect(codesOf(serviceAdded(1, { ...redirecting, application: 'pacs' }), ...others)).toEqual([
    'connect-check-on-dicom',
  ]);
});
