import { realServersMax } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import {
  addServer,
  dicomWithTwo,
  drainStarted,
  halted,
  pacs,
  rule,
  serverAdded,
  serviceAdded,
  aContext,
  clusterOf,
  someOccasion,
} from '../../test/told.ts';
import { decide, withEvent } from '../index.ts';

describe('adding a real server', () => {
  it('gives it an id and the next number', () =>
    rule
      .given(...dicomWithTwo)
      .when(addServer(1, pacs(3)))
      .then(serverAdded(101, 1, pacs(3), 53)));

  it('never uses a number again', () =>
    rule
      .given(...dicomWithTwo, { kind: 'RealServerRemoved', realServerId: realServerId(52) })
      .when(addServer(1, pacs(3)))
      .then(serverAdded(101, 1, pacs(3), 53)));

  it('refuses an unknown service', () =>
    rule
      .given()
      .when(addServer(1, pacs(1)))
      .refuses('unknown-virtual-service'));

  it('refuses a label that the service has', () =>
    rule
      .given(...dicomWithTwo)
      .when(addServer(1, pacs(3, { label: 'INF_PACS1' })))
      .refuses('label-in-use', { label: 'INF_PACS1', within: 'virtual service DICOM' }));

  it('refuses an address and effective port that the service has, and names the holder', () => {
    const holder = { realServerId: realServerId(51), label: 'INF_PACS1' };
    const twice = rule.given(...dicomWithTwo);
    twice.when(addServer(1, pacs(1, { label: 'B' }))).refuses('duplicate-real-server', { port: 'inherit', holder });
    twice
      .when(addServer(1, pacs(1, { label: 'B', port: 104 })))
      .refuses('duplicate-real-server', { port: 104, holder });
    const other = pacs(1, { label: 'B', port: 11_112 });
    twice.when(addServer(1, other)).then(serverAdded(101, 1, other, 53));
  });

  it('refuses the address of a service, its own or another, and names the oldest', () =>
    rule
      .given(serviceAdded(1), serviceAdded(2, { label: 'QUERY', ports: [105] }))
      .when(addServer(2, pacs(1, { address: '192.168.85.150' })))
      .refuses('address-loop', {
        address: '192.168.85.150',
        virtualService: { virtualServiceId: virtualServiceId(1), label: 'DICOM' },
      }));

  it('refuses an address of the other family on layer 4, and takes it on layer 7', () => {
    const six = pacs(1, { address: '2001:db8::200' });
    rule
      .given(serviceAdded(1))
      .when(addServer(1, six))
      .then(serverAdded(101, 1, six, 2));
    rule
      .given(serviceAdded(1, { layer: 4, mode: 'udp', ports: [137] }))
      .when(addServer(1, six))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/address',
            detail:
              '2001:db8::200 is IPv6, and the service has the IPv4 address 192.168.85.150: layer 4 does not translate between them',
            expected: "the machine's IPv4 address, or layer 7",
            inherited: false,
          },
        ],
      });
  });

  it('refuses an IPv6 address that the service has, however it is written', () => {
    const six = pacs(1, { address: '2001:db8::200' });
    rule
      .given(serviceAdded(1), serverAdded(51, 1, six))
      .when(addServer(1, pacs(2, { address: '2001:DB8:0::0200' })))
      .refuses('duplicate-real-server', { address: '2001:db8::200' });
  });

  it('refuses TLS to a real server where bytes pass as they are', () => {
    const errors = (mode: string) => [
      {
        pointer: '/tls',
        detail: `tls "on" cannot stand with mode "${mode}": bytes pass there as they are`,
        expected: 'tls "inherit", or mode "http"',
        inherited: false,
      },
    ];
    const on = addServer(1, pacs(1, { tls: 'on' }));
    rule
      .given(serviceAdded(1))
      .when(on)
      .refuses('invalid-combination', { errors: errors('tcp') });
    rule
      .given(serviceAdded(1, { layer: 4, mode: 'udp' }))
      .when(on)
      .refuses('invalid-combination', { errors: errors('udp') });
  });

  it('refuses limits that contradict each other or the layer', () => {
    const layer4 = rule.given(serviceAdded(1, { layer: 4, mode: 'tcp' }));
    layer4.when(addServer(1, pacs(1, { minConnections: 9, maxConnections: 8 }))).refuses('invalid-combination', {
      errors: [
        {
          pointer: '/minConnections',
          detail: 'minConnections 9 cannot stand with maxConnections 8',
          expected: 'minConnections at most 8, or maxConnections 0 or at least 9',
          inherited: false,
        },
      ],
    });
    rule
      .given(serviceAdded(1))
      .when(addServer(1, pacs(1, { minConnections: 9 })))
      .refuses('invalid-combination');
  });

  it('refuses more real servers than a service can have', () => {
    const many = Array.from({ length: realServersMax }, (_, index) =>
      serverAdded(1000 + index, 1, pacs(1, { label: `P${index}`, address: `10.0.${index >> 8}.${index & 255}` })),
    );
    rule
      .given(serviceAdded(1), ...many)
      .when(addServer(1, pacs(3)))
      .refuses('invalid-input');
  });

  it('starts with the drain or halt that the whole machine has, and says so', () => {
    const other = [serviceAdded(2, { label: 'QUERY', ports: [105] }), serverAdded(53, 2, pacs(3))];
    rule
      .given(...dicomWithTwo, ...other, drainStarted(53, 'forget'))
      .when(addServer(1, pacs(3)))
      .then(serverAdded(101, 1, pacs(3), 54), drainStarted(101, 'forget'));
    rule
      .given(...dicomWithTwo, ...other, halted(53, 'finish'))
      .when(addServer(1, pacs(3)))
      .then(serverAdded(101, 1, pacs(3), 54), halted(101, 'finish'));
  });

  it('starts online where the machine drains in one service and is halted in another', () =>
    rule
      .given(
        ...dicomWithTwo,
        ...[serviceAdded(2, { label: 'QUERY', ports: [105] }), serverAdded(53, 2, pacs(3)), drainStarted(53)],
        ...[serviceAdded(3, { label: 'MWL', ports: [204] }), serverAdded(54, 3, pacs(3)), halted(54)],
      )
      .when(addServer(1, pacs(3)))
      .then(serverAdded(101, 1, pacs(3), 55)));

  it('takes the way that was chosen last where the machine drains in two ways', () => {
    const other = [serviceAdded(2, { label: 'QUERY', ports: [105] }), serverAdded(53, 2, pacs(3))];
    const more = [serviceAdded(3, { label: 'MWL', ports: [204] }), serverAdded(54, 3, pacs(3))];
    const cluster = clusterOf(...dicomWithTwo, ...other, ...more);
    const at = (time: string) => ({ ...someOccasion, time });
    const drained = (first: 'keep' | 'forget', then: 'keep' | 'forget') =>
      withEvent(
        withEvent(cluster, drainStarted(54, first), at('2026-03-01T09:00:00.000Z')),
        drainStarted(53, then),
        at('2026-03-01T10:00:00.000Z'),
      );
    const added = [serverAdded(101, 1, pacs(3), 55)];
    expect(decide(drained('keep', 'forget'), addServer(1, pacs(3)), aContext())).toEqual({
      ok: true,
      value: { events: [...added, drainStarted(101, 'forget')] },
    });
    expect(decide(drained('forget', 'keep'), addServer(1, pacs(3)), aContext())).toEqual({
      ok: true,
      value: { events: [...added, drainStarted(101, 'keep')] },
    });
  });
});
