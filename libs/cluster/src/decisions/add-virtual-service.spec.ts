import { type ServiceFields, virtualServiceId } from '@evenkeel/testing';
import { describe, it } from '@jest/globals';
import { addService, disabled, drainStarted, halted, pacs, rule, serverAdded, serviceAdded } from '../../test/told.ts';

const web: ServiceFields = { label: 'WEB', mode: 'http', ports: [80] };
const names: ServiceFields = { label: 'NAMES', layer: 4, mode: 'udp' };

describe('adding a virtual service', () => {
  it('gives the service and each real server an id and the next numbers', () =>
    rule
      .given(serviceAdded(1))
      .when(addService(web, pacs(1), pacs(2)))
      .then(serviceAdded(101, web, 2), serverAdded(101, 101, pacs(1), 3), serverAdded(102, 101, pacs(2), 4)));

  it('refuses an address, port and protocol that another service holds, and names the holder', () =>
    rule
      .given(serviceAdded(1))
      .when(addService({ label: 'OTHER', ports: [90, 104] }))
      .refuses('address-and-port-in-use', {
        address: '192.168.85.150',
        port: 104,
        transport: 'tcp',
        holder: { virtualServiceId: virtualServiceId(1), label: 'DICOM' },
        inherited: false,
      }));

  it('counts a disabled service as a holder', () =>
    rule
      .given(serviceAdded(1), disabled(1))
      .when(addService({ label: 'OTHER' }))
      .refuses('address-and-port-in-use'));

  it('knows an IPv6 address however it is written', () => {
    const six: ServiceFields = { address: '2001:db8::150' };
    rule
      .given(serviceAdded(1, six))
      .when(addService({ label: 'OTHER', address: '2001:0DB8:0:0::0150' }))
      .refuses('address-and-port-in-use', { address: '2001:db8::150', port: 104 });
    rule
      .given(serviceAdded(1, six))
      .when(addService({ label: 'OTHER', ports: [105] }, pacs(1, { address: '2001:DB8::150' })))
      .refuses('address-loop', { address: '2001:db8::150' });
  });

  it('lets TCP and UDP share a port number, and lets tcp-udp share it with neither', () => {
    const both: ServiceFields = { layer: 4, mode: 'tcp-udp' };
    rule
      .given(serviceAdded(1))
      .when(addService(names))
      .then(serviceAdded(101, names, 2));
    rule.given(serviceAdded(1, both)).when(addService(names)).refuses('address-and-port-in-use', { transport: 'udp' });
    rule.given(serviceAdded(1, names)).when(addService(both)).refuses('address-and-port-in-use', { transport: 'udp' });
  });

  it('refuses a port that Evenkeel itself listens on, and says what for', () =>
    rule
      .given()
      .when(addService({ ports: [443, 9443] }))
      .refuses('port-reserved', { port: 9443, usedFor: 'the console' }));

  it('refuses a label that its scope has, and takes it in another scope', () => {
    const here: ServiceFields = { ports: [105] };
    const there: ServiceFields = { ports: [105], scope: 'site-b' };
    rule
      .given(serviceAdded(1))
      .when(addService(here))
      .refuses('label-in-use', { label: 'DICOM', within: 'scope manual' });
    rule
      .given(serviceAdded(1))
      .when(addService(there))
      .then(serviceAdded(101, there, 2));
  });

  it('refuses two real servers with one label', () =>
    rule
      .given()
      .when(addService({}, pacs(1), pacs(2, { label: 'INF_PACS1' })))
      .refuses('label-in-use', { within: 'virtual service DICOM' }));

  it('refuses two real servers that mean the same address and port, written differently', () =>
    rule
      .given()
      .when(addService({}, pacs(1), pacs(1, { label: 'AGAIN', port: 104 })))
      .refuses('duplicate-real-server', { address: '192.168.85.200', port: 104, holder: { label: 'INF_PACS1' } }));

  it('refuses to listen on the address of a machine of the cluster', () =>
    rule
      .given(serviceAdded(1), serverAdded(51, 1))
      .when(addService({ label: 'LOOP', address: '192.168.85.200' }))
      .refuses('address-loop', { address: '192.168.85.200', virtualService: { label: 'LOOP' } }));

  it('refuses a real server at its own address, or at that of another service', () => {
    rule
      .given()
      .when(addService({}, pacs(1, { address: '192.168.85.150' })))
      .refuses('address-loop', { virtualService: { label: 'DICOM' } });
    rule
      .given(serviceAdded(1))
      .when(addService({ label: 'B', address: '192.168.85.151' }, pacs(1, { address: '192.168.85.150' })))
      .refuses('address-loop', { virtualService: { virtualServiceId: virtualServiceId(1), label: 'DICOM' } });
  });

  it('refuses a real server with a port of its own under several ports', () =>
    rule
      .given()
      .when(addService({ ports: [104, 105] }, pacs(1), pacs(2, { port: 11_112 })))
      .refuses('invalid-combination', {
        errors: [
          {
            pointer: '/realServers/1/port',
            detail: "port 11112 cannot stand with the service's ports 104, 105: all of them would end on one port",
            expected: 'port "inherit", or one service for each port',
            inherited: false,
          },
        ],
      }));

  it('refuses minimum connections on layer 7, and above the maximum on layer 4', () => {
    const layer4: ServiceFields = { layer: 4, mode: 'tcp' };
    const unlimited = pacs(1, { minConnections: 5, maxConnections: 0 });
    rule
      .given()
      .when(addService({}, pacs(1, { minConnections: 1 })))
      .refuses('invalid-combination');
    rule
      .given()
      .when(addService(layer4, pacs(1, { minConnections: 5, maxConnections: 4 })))
      .refuses('invalid-combination');
    rule
      .given()
      .when(addService(layer4, unlimited))
      .then(serviceAdded(101, layer4, 1), serverAdded(101, 101, unlimited, 2));
  });

  it('refuses a fallback server at the address of a service, its own included, and a service at that of a fallback', () => {
    const fallback = (address: string) => ({ kind: 'server' as const, address, port: 8080 });
    const refused = (given: ServiceFields, added: ServiceFields, address: string, at?: string) =>
      rule
        .given(serviceAdded(1, given))
        .when(addService({ label: 'NEW', ports: [106], ...added }))
        .refuses('address-loop', { address, ...(at === undefined ? {} : { at }) });
    refused({}, { address: '192.168.85.151', fallback: fallback('192.168.85.150') }, '192.168.85.150', '/fallback');
    refused({}, { address: '192.168.85.151', fallback: fallback('192.168.85.151') }, '192.168.85.151', '/fallback');
    refused({ fallback: fallback('192.168.85.151') }, { address: '192.168.85.151' }, '192.168.85.151');
  });

  it('refuses to follow a service that does not exist', () =>
    rule
      .given()
      .when(addService({ healthCheck: { kind: 'follow', virtualService: virtualServiceId(9) } }))
      .refuses('invalid-input', {
        errors: [
          {
            pointer: '/healthCheck/virtualService',
            detail: `there is no virtual service ${virtualServiceId(9)}`,
            expected: 'the id of another virtual service',
          },
        ],
      }));

  it('starts a real server with the drain or halt that the whole machine has', () => {
    const given = [serviceAdded(1), serverAdded(51, 1)];
    const added = [serviceAdded(101, web, 52), serverAdded(101, 101, pacs(1), 53)];
    rule
      .given(...given, drainStarted(51, 'forget'))
      .when(addService(web, pacs(1)))
      .then(...added, drainStarted(101, 'forget'));
    rule
      .given(...given, halted(51))
      .when(addService(web, pacs(1)))
      .then(...added, halted(101));
  });

  it('starts a real server online when somebody else on the machine is online', () =>
    rule
      .given(
        ...[serviceAdded(1), serverAdded(51, 1), drainStarted(51)],
        ...[serviceAdded(2, { label: 'QUERY', ports: [105] }), serverAdded(52, 2, pacs(1))],
      )
      .when(addService(web, pacs(1)))
      .then(serviceAdded(101, web, 53), serverAdded(101, 101, pacs(1), 54)));
});
