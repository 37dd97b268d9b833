import { isHttpsRedirect } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { instantiate, referenceCluster, referenceEvents } from '../../test/reference.ts';
import { halted, pacs, rule, serverAdded, serviceAdded } from '../../test/told.ts';
import { machineAt, realServersOf } from '../index.ts';

describe('instantiating the blueprint of the reference deployment', () => {
  it('is one commit that says where it comes from and holds everything', () => {
    const kinds = referenceEvents().map(({ kind }) => kind);
    expect(kinds[0]).toBe('BlueprintInstantiated');
    expect(kinds.filter((kind) => kind === 'VirtualServiceAdded')).toHaveLength(5);
    expect(kinds.filter((kind) => kind === 'RealServerAdded')).toHaveLength(15);
    expect(kinds).toHaveLength(21);
  });

  it('gives the five services of the reference table, in its order', () => {
    const cluster = referenceCluster();
    const table = [...cluster.virtualServices.values()].map(({ id, spec }) => [
      `${spec.label} ${spec.address}:${spec.ports.join()} layer ${spec.layer} ${spec.mode}`,
      isHttpsRedirect(spec) ? spec.action : `${spec.balance}, ${spec.persistence.kind}, ${spec.healthCheck.kind}`,
      realServersOf(cluster, id)
        .map((rip) => `${rip.spec.label} ${rip.spec.port} ${rip.spec.weight}`)
        .join(', '),
    ]);
    const servers = 'INF_PACS1 inherit 100, INF_PACS2 inherit 100, INF_PACS3 inherit 100';
    const source = 'least-connections, source-ip, connect';
    expect(table).toEqual([
      ['INFINITT_Web 192.168.85.150:80 layer 7 http', 'least-connections, http-cookie-and-source-ip, http', servers],
      ['DICOM 192.168.85.150:104 layer 7 tcp', source, servers],
      ['QUERY 192.168.85.150:105 layer 7 tcp', source, servers],
      ['MWL 192.168.85.150:204 layer 7 tcp', source, servers],
      ['INFINITT_Check 192.168.85.150:137 layer 4 tcp-udp', 'random, source-ip, netbios-node-status', servers],
    ]);
    expect(machineAt(cluster, '192.168.85.200')).toHaveLength(5);
  });

  it('numbers everything once', () => {
    const cluster = referenceCluster();
    const numbers = [...cluster.virtualServices.values(), ...cluster.realServers.values()].map(({ number }) => number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('refuses an unknown name or version, and lists the known ones', () => {
    const known = { known: ['infinitt-pacs version 1'] };
    rule
      .given()
      .when({ ...instantiate(), name: 'other' } as never)
      .refuses('unknown-blueprint', known);
    rule
      .given()
      .when({ ...instantiate(), version: 2 } as never)
      .refuses('unknown-blueprint', known);
  });

  it('refuses parameters that do not fit, with the place of each', () =>
    rule
      .given()
      .when(instantiate({ vipAddress: 'here', ports: { dicom: 0 } }))
      .refuses('invalid-input', {
        errors: [
          {
            pointer: '/vipAddress',
            detail: '"here" does not fit here',
            expected: 'an IPv4 address such as 192.168.85.150, or an IPv6 address such as 2001:db8::150',
          },
          { pointer: '/ports/dicom', detail: '0 is too small', expected: 'at least 1' },
        ],
      }));

  it('refuses IPv6, because one of its services is NetBIOS', () =>
    rule
      .given()
      .when(instantiate({ vipAddress: '2001:db8::150', nodes: [{ label: 'N1', address: '2001:db8::200' }] }))
      .refuses('invalid-input', {
        errors: ['/vipAddress', '/nodes/0/address'].map((pointer, index) => ({
          pointer,
          detail: `"2001:db8::${150 + index * 50}" does not fit here`,
          expected: 'an IPv4 address: INFINITT_Check serves NetBIOS, which knows no other (RFC 1002)',
        })),
      }));

  it('makes nothing at all when one of its services cannot be', () => {
    rule
      .given(serviceAdded(1, { label: 'OLD', ports: [204] }))
      .when(instantiate())
      .refuses('address-and-port-in-use', {
        port: 204,
        holder: { virtualServiceId: virtualServiceId(1), label: 'OLD' },
      });
    rule
      .given()
      .when(instantiate({ ports: { web: 9443 } }))
      .refuses('port-reserved');
  });

  it('refuses to be done twice in one scope', () =>
    rule
      .given(...referenceEvents())
      .when(instantiate({ vipAddress: '192.168.85.151' }))
      .refuses('label-in-use', { within: 'scope infinitt-pacs' }));

  it('respects a machine that is halted: every new real server on it starts halted', () => {
    const given = [serviceAdded(1, { label: 'OLD', ports: [8080] }), serverAdded(51, 1, pacs(2)), halted(51, 'finish')];
    const parameters = { nodes: [{ label: 'INF_PACS2', address: '192.168.85.201' }] };
    const services = [...referenceCluster(parameters).virtualServices.values()].map(({ spec }) => spec);
    rule
      .given(...given)
      .when(instantiate(parameters))
      .then(
        {
          kind: 'BlueprintInstantiated',
          name: 'infinitt-pacs',
          version: 1,
          parameters: { vipAddress: '192.168.85.150', ...parameters },
        },
        ...services.flatMap((service, index) => [
          {
            kind: 'VirtualServiceAdded',
            virtualServiceId: virtualServiceId(101 + index),
            number: 52 + 2 * index,
            service,
          } as const,
          {
            kind: 'RealServerAdded',
            virtualServiceId: virtualServiceId(101 + index),
            realServerId: realServerId(101 + index),
            number: 53 + 2 * index,
            realServer: pacs(2),
          } as const,
          halted(101 + index, 'finish'),
        ]),
      );
  });
});
