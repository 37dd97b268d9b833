import type { ClusterEvent } from '@evenkeel/contracts';
import { aServiceSpec, realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import {
  aContext,
  aDocument,
  apply,
  clusterOf,
  declared,
  disabled,
  drainStarted,
  halted,
  pacs,
  rule,
  ruleIn,
  serverAdded,
  serviceAdded,
  settingsChanged,
  verdicts,
  short,
} from '../../test/told.ts';
import { decide } from '../index.ts';

// DICOM is service 1 with real servers 51 and 52, QUERY is service 2; scope `pacs` owns both.
const scope = 'pacs';
const query = { label: 'QUERY', ports: [105] };
const dicom = [serviceAdded(1, { scope }), serverAdded(51, 1), serverAdded(52, 1)];
const both = [...dicom, serviceAdded(2, { scope, ...query })];
const servers = [pacs(1), pacs(2)];
const follows = (virtualService: string) => ({ healthCheck: { kind: 'follow', virtualService } });

const modified = (id: number, changed: string[], fields: Parameters<typeof aServiceSpec>[0]): ClusterEvent => ({
  kind: 'VirtualServiceModified',
  virtualServiceId: virtualServiceId(id),
  changed,
  service: aServiceSpec({ scope, ...fields }),
});
const removed = (id: number): ClusterEvent => ({
  kind: 'VirtualServiceRemoved',
  virtualServiceId: virtualServiceId(id),
});
const serverRemoved = (id: number): ClusterEvent => ({ kind: 'RealServerRemoved', realServerId: realServerId(id) });

describe('applying a document', () => {
  it('adds what is missing, with one number after the other', () =>
    rule
      .given()
      .when(apply(aDocument([declared({ realServers: [pacs(1)] }), declared(query)])))
      .then(
        serviceAdded(101, { scope }, 1),
        serverAdded(101, 101, pacs(1), 2),
        serviceAdded(102, { scope, ...query }, 3),
      ));

  it('changes, adds and removes real servers by their label', () =>
    rule
      .given(...dicom)
      .when(apply(aDocument([declared({ realServers: [pacs(1, { weight: 50 }), pacs(3)] })])))
      .then(
        serverRemoved(52),
        {
          kind: 'RealServerModified',
          realServerId: realServerId(51),
          changed: ['weight'],
          realServer: pacs(1, { weight: 50 }),
        },
        serverAdded(101, 1, pacs(3), 53),
      ));

  it('gives a field that is left out its default: a document is a whole', () =>
    rule
      .given(serviceAdded(1, { scope, balance: 'round-robin', application: 'ris' }))
      .when(apply(aDocument([declared()])))
      .then(modified(1, ['application', 'balance'], {})));

  it('makes no commit when nothing differs', () =>
    rule
      .given(...dicom)
      .when(apply(aDocument([declared({ realServers: servers })]), { prune: true }))
      .then());

  it('leaves intents and disabled services alone', () =>
    rule
      .given(...dicom, drainStarted(51), disabled(1))
      .when(apply(aDocument([declared({ balance: 'round-robin', realServers: servers })])))
      .then(modified(1, ['balance'], { balance: 'round-robin' })));

  it('starts a new real server with the intent that the rest of its machine has', () =>
    rule
      .given(...dicom, halted(51, 'finish'))
      .when(apply(aDocument([declared({ realServers: servers }), declared({ ...query, realServers: [pacs(1)] })])))
      .then(serviceAdded(101, { scope, ...query }, 53), serverAdded(101, 101, pacs(1), 54), halted(101, 'finish')));

  it('keeps a service that it does not name, unless it is asked to prune', () => {
    const document = aDocument([declared({ realServers: servers })]);
    rule
      .given(...both)
      .when(apply(document))
      .then();
    rule
      .given(...both)
      .when(apply(document, { prune: true }))
      .then(removed(2));
  });

  it('never reaches beyond its scope', () =>
    rule
      .given(...both, serviceAdded(3, { label: 'OTHER', ports: [106] }))
      .when(apply(aDocument([declared({ realServers: servers }), declared(query)]), { prune: true }))
      .then());

  it('says by label what it did', () => {
    const command = apply(
      aDocument([
        declared({ balance: 'round-robin', realServers: [pacs(1, { weight: 1 }), pacs(3)] }),
        declared({ label: 'MWL', ports: [204], realServers: [pacs(1)] }),
      ]),
      { prune: true },
    );
    const answer = decide(clusterOf(...both), command, aContext());
    expect(answer.ok && answer.value.summary).toEqual({
      added: [{ virtualService: 'DICOM', realServer: 'INF_PACS3' }, { virtualService: 'MWL' }],
      changed: [
        { virtualService: 'DICOM', fields: ['balance'] },
        { virtualService: 'DICOM', realServer: 'INF_PACS1', fields: ['weight'] },
      ],
      removed: [{ virtualService: 'QUERY' }, { virtualService: 'DICOM', realServer: 'INF_PACS2' }],
    });
  });
});

describe('what counts is the end, so a document may', () => {
  it('swap the ports of two services', () =>
    rule
      .given(...both)
      .when(apply(aDocument([declared({ ports: [105], realServers: servers }), declared({ ...query, ports: [104] })])))
      .then(modified(1, ['ports'], { ports: [105] }), modified(2, ['ports'], { ...query, ports: [104] })));

  it('give a new service the port of one that goes', () =>
    rule
      .given(...both)
      .when(
        apply(aDocument([declared({ realServers: servers }), declared({ label: 'NEW', ports: [105] })]), {
          prune: true,
        }),
      )
      .then(removed(2), serviceAdded(101, { scope, label: 'NEW', ports: [105] }, 53)));

  it('swap the addresses of two real servers', () => {
    const swapped = [pacs(1, { address: '192.168.85.201' }), pacs(2, { address: '192.168.85.200' })];
    const moved = (id: number, nth: 0 | 1): ClusterEvent => ({
      kind: 'RealServerModified',
      realServerId: realServerId(id),
      changed: ['address'],
      realServer: swapped[nth] ?? pacs(9),
    });
    rule
      .given(...dicom)
      .when(apply(aDocument([declared({ realServers: swapped })])))
      .then(moved(51, 0), moved(52, 1));
  });

  it('follow a service that comes after it in the document', () =>
    rule
      .given()
      .when(apply(aDocument([declared({ ...query, ...follows('DICOM') }), declared()])))
      .then(
        serviceAdded(
          101,
          { scope, ...query, healthCheck: { kind: 'follow', virtualService: virtualServiceId(102) } },
          1,
        ),
        serviceAdded(102, { scope }, 2),
      ));

  it('turn round who follows whom', () => {
    const following = (id: number) =>
      ({ healthCheck: { kind: 'follow', virtualService: virtualServiceId(id) } }) as const;
    rule
      .given(serviceAdded(1, { scope }), serviceAdded(2, { scope, ...query, ...following(1) }))
      .when(apply(aDocument([declared(follows('QUERY')), declared(query)])))
      .then(modified(1, ['healthCheck'], following(2)), modified(2, ['healthCheck'], query));
  });

  it('follow a service of its scope that it does not name, and one of another scope by id', () => {
    const id = virtualServiceId(3);
    const given = [serviceAdded(2, { scope, ...query }), serviceAdded(3, { label: 'FAR', ports: [106] })];
    rule
      .given(...given)
      .when(apply(aDocument([declared(follows('QUERY'))])))
      .then(serviceAdded(101, { scope, healthCheck: { kind: 'follow', virtualService: virtualServiceId(2) } }, 4));
    rule
      .given(...given)
      .when(apply(aDocument([declared(follows(id))])))
      .then(serviceAdded(101, { scope, healthCheck: { kind: 'follow', virtualService: id } }, 4));
  });
});

describe('a document is refused, with the place in it,', () => {
  const at = '/virtualServices/1';

  it('when its shape is wrong', () =>
    rule
      .given()
      .when(apply(aDocument([declared(), declared({ ...query, ports: [0] })])))
      .refuses('invalid-input', {
        errors: [{ pointer: `${at}/ports/0`, detail: '0 is too small', expected: 'at least 1' }],
      }));

  it('when it is for another cluster', () => {
    const errors = [
      {
        pointer: '/metadata/cluster',
        detail: 'the document is for the cluster cardiology, and this is radiology',
        expected: '"radiology", or no cluster',
      },
    ];
    const when = (cluster: string) => rule.given().when(apply(aDocument([], { cluster, scope })));
    when('cardiology').refuses('invalid-input', { errors });
    when('radiology').then();
  });

  it('when it names a service twice, or follows nobody', () =>
    rule
      .given()
      .when(apply(aDocument([declared(), declared(), declared({ ...query, ...follows('NOBODY') })])))
      .refuses('invalid-input', {
        errors: [
          { pointer: `${at}/label`, detail: 'the document has DICOM twice', expected: 'each label once' },
          {
            pointer: '/virtualServices/2/healthCheck/virtualService',
            detail: 'neither the document nor scope pacs has NOBODY',
            expected: 'the label of a service in the document or its scope, or the id of a service in another scope',
          },
        ],
      }));

  it('when it names a real server twice', () => {
    const twice = (...realServers: object[]) =>
      rule.given().when(apply(aDocument([declared(), declared({ ...query, realServers })])));
    const place = `${at}/realServers/1`;
    twice(pacs(1), pacs(1, { address: '192.168.85.201' })).refuses('label-in-use', { label: 'INF_PACS1', at: place });
    twice(pacs(1), pacs(1, { label: 'B' })).refuses('duplicate-real-server', {
      holder: { label: 'INF_PACS1' },
      at: place,
    });
  });

  it('when an address and port belong to a stranger, or to another of its services', () => {
    const document = aDocument([declared({ ports: [1] }), declared(query)]);
    rule
      .given(serviceAdded(1, { label: 'STRANGER', ports: [105] }))
      .when(apply(document))
      .refuses('address-and-port-in-use', { holder: { virtualServiceId: virtualServiceId(1), label: 'STRANGER' }, at });
    rule
      .given()
      .when(apply(aDocument([declared(), declared({ ...query, ports: [104] })])))
      .refuses('address-and-port-in-use', { port: 104, at });
  });

  it('when another scope owns the service', () => {
    const when = rule.given(serviceAdded(1)).when(apply(aDocument([declared(query), declared()])));
    when.refuses('owned-by-another-scope', { virtualServiceId: virtualServiceId(1), scope: 'manual', at });
  });

  it('but not for a namesake somewhere else', () =>
    rule
      .given(serviceAdded(1))
      .when(apply(aDocument([declared({ ports: [106] })])))
      .then(serviceAdded(101, { scope, ports: [106] }, 2)));

  it('when Evenkeel listens there, but not for a port that was right before', () => {
    rule
      .given()
      .when(apply(aDocument([declared(), declared({ ...query, ports: [9443] })])))
      .refuses('port-reserved', { port: 9443, at });
    ruleIn({ reservedPorts: new Map([[104, 'a new port of ours']]) })
      .given(serviceAdded(1, { scope }))
      .when(apply(aDocument([declared({ balance: 'round-robin' })])))
      .then(modified(1, ['balance'], { balance: 'round-robin' }));
  });

  it('when traffic would go in a circle', () => {
    const loop = pacs(1, { address: '192.168.85.150' });
    rule
      .given()
      .when(
        apply(aDocument([declared(), declared({ ...query, address: '192.168.85.151', realServers: [pacs(2), loop] })])),
      )
      .refuses('address-loop', { address: loop.address, at: `${at}/realServers/1` });
  });

  it('when a service would change its layer', () => {
    const errors = [
      {
        pointer: `${at}/layer`,
        detail: 'layer cannot change: DICOM is layer 7 for life',
        expected: 'layer 7, or a new service',
        inherited: false,
      },
    ];
    rule
      .given(...dicom)
      .when(apply(aDocument([declared(query), declared({ layer: 4 })])))
      .refuses('invalid-combination', { errors });
  });

  it('when values cannot stand together', () => {
    const minimum = pacs(1, { minConnections: 5 });
    const when = rule.given().when(apply(aDocument([declared(), declared({ ...query, realServers: [minimum] })])));
    when.refuses('invalid-combination', {
      errors: [
        {
          pointer: `${at}/realServers/0/minConnections`,
          detail: 'minConnections 5 cannot stand with layer 7',
          expected: 'minConnections 0, or layer 4',
          inherited: false,
        },
      ],
    });
  });

  it('when checks follow a circle', () => {
    const circle = aDocument([declared(follows('QUERY')), declared({ ...query, ...follows('DICOM') })]);
    const pointer = '/virtualServices/0/healthCheck/virtualService';
    const detail = 'healthCheck follows a circle: DICOM → QUERY → DICOM';
    const expected = 'a service whose healthCheck.kind is not "follow" in the end';
    rule
      .given()
      .when(apply(circle))
      .refuses('invalid-combination', { errors: [{ pointer, detail, expected, inherited: false }] });
  });

  it('when somebody still follows a service that would go', () => {
    const healthCheck = { kind: 'follow', virtualService: virtualServiceId(2) } as const;
    rule
      .given(...both, serviceAdded(3, { label: 'FAR', ports: [106], healthCheck }))
      .when(apply(aDocument([declared({ realServers: servers })]), { prune: true }))
      .refuses('still-followed', { followers: [{ virtualServiceId: virtualServiceId(3), label: 'FAR' }] });
    const chain = [declared({ label: 'MWL', ports: [204], ...follows('DICOM') }), declared(follows('QUERY'))];
    rule
      .given(...both)
      .when(apply(aDocument(chain), { prune: true }))
      .refuses('still-followed', { followers: [{ virtualServiceId: virtualServiceId(1), label: 'DICOM' }] });
  });
});

describe('a document that leaves a service without an available real server', () => {
  const empty = aDocument([declared({ realServers: [pacs(2)] })]);
  const weightless = aDocument([declared({ realServers: servers.map((server) => ({ ...server, weight: 0 })) })]);

  it('is refused, whether they go or lose their weight', () => {
    rule
      .given(...dicom, halted(52))
      .when(apply(empty))
      .refuses('last-available-real-server', { services: [short(1, 'DICOM', 1)] });
    rule
      .given(...dicom)
      .when(apply(weightless))
      .refuses('last-available-real-server', { services: [short(1, 'DICOM', 2)] });
    ruleIn({ verdictOf: verdicts({ 52: 'down' }) })
      .given(...dicom)
      .when(apply(empty))
      .refuses('last-available-real-server', { services: [short(1, 'DICOM', 1)] });
  });

  it('passes with force and a reason', () => {
    const given = [...dicom, halted(52)];
    rule
      .given(...given)
      .when(apply(empty, { force: true }))
      .refuses('reason-required', { missing: 'reason' });
    ruleIn({ hasReason: true })
      .given(...given)
      .when(apply(empty, { force: true }))
      .then(serverRemoved(51));
  });

  it('is no such document when it brings new ones', () =>
    rule
      .given(...dicom, settingsChanged({ massRemovalPercent: 100 }))
      .when(apply(aDocument([declared({ realServers: [pacs(3)] })])))
      .then(serverRemoved(51), serverRemoved(52), serverAdded(101, 1, pacs(3), 53)));
});

describe('a document that removes much', () => {
  const five = [1, 2, 3, 4, 5].map((number) => serviceAdded(number, { scope, label: `S${number}`, ports: [number] }));
  const keeping = (...numbers: number[]) =>
    aDocument(numbers.map((number) => declared({ label: `S${number}`, ports: [number] })));

  it('may remove a quarter of the services, rounded up', () => {
    rule
      .given(...five)
      .when(apply(keeping(1, 2, 3), { prune: true }))
      .then(removed(4), removed(5));
    rule
      .given(...five)
      .when(apply(keeping(1, 2), { prune: true }))
      .refuses('mass-removal', { services: { removed: 3, most: 2 }, realServers: { removed: 0, most: 0 } });
  });

  it('may remove a quarter of the real servers of those that stay; those that go with a service do not count', () => {
    const others = [serviceAdded(2, { scope, ...query }), serverAdded(53, 2, pacs(3)), serverAdded(54, 2, pacs(4))];
    rule
      .given(...dicom, ...others)
      .when(apply(aDocument([declared({ realServers: [pacs(1)] })]), { prune: true }))
      .then(removed(2), serverRemoved(52));
    rule
      .given(...dicom, ...others)
      .when(apply(aDocument([declared({ realServers: [pacs(1)] }), declared({ ...query, realServers: [] })])))
      .refuses('last-available-real-server');
    rule
      .given(...dicom, ...others)
      .when(apply(aDocument([declared({ realServers: [pacs(5)] }), declared({ ...query, realServers: servers })])))
      .refuses('mass-removal', { services: { removed: 0, most: 1 }, realServers: { removed: 4, most: 1 } });
  });

  it('passes with force and a reason, or with another limit', () => {
    const wish = apply(keeping(), { prune: true, force: true });
    const all = [1, 2, 3, 4, 5].map(removed);
    rule
      .given(...five)
      .when(wish)
      .refuses('reason-required', { missing: 'reason' });
    ruleIn({ hasReason: true })
      .given(...five)
      .when(wish)
      .then(...all);
    rule
      .given(...five, settingsChanged({ massRemovalPercent: 100 }))
      .when(apply(keeping(), { prune: true }))
      .then(...all);
  });
});
