import { fromSnapshot } from '@evenkeel/cluster';
import { healthCheckOf, type RealServerState, type VirtualServiceState } from '@evenkeel/contracts';
import {
  aRealServer,
  aSnapshot,
  aVirtualService,
  realServerId,
  type ServiceFields,
  virtualServiceId,
} from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { targetsOf } from './targets-of.ts';

const service = (number: number, spec: ServiceFields): VirtualServiceState => aVirtualService({ number, spec });

/** Real server `number` of a service, at 192.168.85.<host>. */
const member = (number: number, of: number, host: number, port: number | 'inherit' = 'inherit'): RealServerState =>
  aRealServer({
    number,
    virtualServiceId: virtualServiceId(of),
    spec: { label: `PACS${number}`, address: `192.168.85.${host}`, port },
  });

const wantedOf = (services: VirtualServiceState[], realServers: RealServerState[]) => {
  const { checks, fixed } = targetsOf(fromSnapshot(aSnapshot(services, realServers)));
  return { checks: [...checks.values()], fixed };
};

describe('where a check goes', () => {
  it.each([
    ['the first port of the service', 104, 'inherit', 'inherit'],
    ['the port of the real server', 11112, 11112, 'inherit'],
    ['the port of the check', 8042, 11112, 8042],
  ] as const)('to %s', (_which, expected, ofServer, ofCheck) => {
    const dicom = service(1, { ports: [104, 105], healthCheck: { kind: 'connect', port: ofCheck } });
    const { checks } = wantedOf([dicom], [member(2, 1, 200, ofServer)]);
    expect(checks.map(({ target }) => target)).toEqual([{ address: '192.168.85.200', port: expected }]);
  });

  it('to real servers only, whatever their intent and whether or not their service is enabled', () => {
    const halted = { ...member(3, 1, 201), intent: { intent: 'halt', connections: 'close' } as const };
    const disabled = { ...service(4, { label: 'QUERY', ports: [105] }), enabled: false };
    const { checks } = wantedOf([service(1, {}), disabled], [member(2, 1, 200), halted, member(5, 4, 200)]);
    expect(checks.map(({ target }) => `${target.address}:${target.port}`)).toEqual([
      '192.168.85.200:104',
      '192.168.85.201:104',
      '192.168.85.200:105',
    ]);
  });
});

describe('the PROXY protocol', () => {
  it.each([
    ['none', 'inherit', undefined],
    ['v1', 'inherit', 1],
    ['v2', 'inherit', 2],
    ['v2-ssl', 'inherit', 2],
    ['v2-ssl-cn', 'inherit', 2],
    ['v1', 8042, undefined],
  ] as const)('of a service that sends %s is spoken by a check on port %s: %p', (sendProxy, port, version) => {
    const dicom = service(1, { sendProxy, healthCheck: { kind: 'connect', port } });
    expect(wantedOf([dicom], [member(2, 1, 200)]).checks[0]?.target.proxyProtocol).toBe(version);
  });

  it('tells two questions to one place apart', () => {
    const services = [service(1, {}), service(3, { label: 'QUERY', ports: [105], sendProxy: 'v1' })];
    expect(wantedOf(services, [member(2, 1, 200), member(4, 3, 200, 104)]).checks).toHaveLength(2);
  });
});

describe('sharing', () => {
  it('asks once when services share address, port and check, and tells both real servers', () => {
    const store = service(1, { healthCheck: { kind: 'dicom-echo', port: 'inherit' } });
    const query = service(3, { label: 'QUERY', ports: [105], healthCheck: { kind: 'dicom-echo', port: 104 } });
    const { checks } = wantedOf([store, query], [member(2, 1, 200), member(4, 3, 200)]);
    expect(checks).toHaveLength(1);
    expect(checks[0]?.audience).toEqual([{ realServerId: realServerId(2) }, { realServerId: realServerId(4) }]);
  });

  it('pings a machine once, whatever ports it serves', () => {
    const [store, query] = [
      service(1, { healthCheck: { kind: 'ping' } }),
      service(3, { label: 'QUERY', ports: [105], healthCheck: { kind: 'ping' } }),
    ];
    const { checks } = wantedOf([store, query], [member(2, 1, 200), member(4, 3, 200)]);
    expect(checks.map(({ target }) => target)).toEqual([{ address: '192.168.85.200', port: 0 }]);
  });

  it.each([
    ['the pace', { kind: 'connect', interval: '1s' }],
    ['the kind', { kind: 'dicom-echo' }],
    ['the source address', { kind: 'connect', source: '192.168.85.10' }],
  ] as const)('asks twice when %s differs', (_what, healthCheck) => {
    const other = service(3, { label: 'QUERY', ports: [105], healthCheck });
    const { checks } = wantedOf([service(1, {}), other], [member(2, 1, 200), member(4, 3, 200, 104)]);
    expect(checks).toHaveLength(2);
  });

  it('goes to the port of the check where the service has a range of them', () => {
    const healthCheck = { kind: 'connect' as const, port: 8_000 };
    const { checks } = wantedOf([service(1, { ports: ['8000-8010'], healthCheck })], [member(2, 1, 200)]);
    expect(checks.map(({ target }) => target)).toEqual([{ address: '192.168.85.200', port: 8_000 }]);
  });

  it('does not mind the order in which the fields of a check were written', () => {
    const reversed = service(3, { label: 'QUERY', ports: [105] });
    const entries = Object.entries(healthCheckOf(reversed.spec) ?? {}).toReversed();
    const spec = { ...reversed.spec, healthCheck: Object.fromEntries(entries) } as VirtualServiceState['spec'];
    const { checks } = wantedOf([service(1, {}), { ...reversed, spec }], [member(2, 1, 200), member(4, 3, 200, 104)]);
    expect(checks).toHaveLength(1);
  });
});

describe('without a check', () => {
  it('a real server is up and not checked', () => {
    const { checks, fixed } = wantedOf([service(1, { healthCheck: { kind: 'none' } })], [member(2, 1, 200)]);
    expect(checks).toEqual([]);
    expect(fixed.get(realServerId(2))).toMatchObject({ state: 'up', reason: 'not-checked' });
  });
});

describe('following another service', () => {
  const follow = (number: number, followed: number, label = 'INFINITT_Check') =>
    service(number, {
      label,
      ports: [137],
      healthCheck: { kind: 'follow', virtualService: virtualServiceId(followed) },
    });

  it('listens to the check of the same machine there', () => {
    const realServers = [member(2, 1, 200), member(3, 1, 201), member(5, 4, 201)];
    const { checks } = wantedOf([service(1, {}), follow(4, 1)], realServers);
    expect(checks.map(({ audience }) => audience)).toEqual([
      [{ realServerId: realServerId(2) }],
      [{ realServerId: realServerId(3) }, { realServerId: realServerId(5), follows: 'DICOM' }],
    ]);
  });

  it('is unknown for a machine that the other service does not have', () => {
    const { fixed } = wantedOf([service(1, {}), follow(4, 1)], [member(2, 1, 200), member(5, 4, 202)]);
    expect(fixed.get(realServerId(5))).toEqual({
      state: 'unknown',
      reason: 'followed',
      detail: 'follows DICOM, which has no verdict for 192.168.85.202',
    });
  });

  it('goes through a service that follows a third', () => {
    const services = [service(1, {}), follow(4, 1, 'MIDDLE'), follow(6, 4, 'LAST')];
    const { checks } = wantedOf(services, [member(2, 1, 200), member(5, 4, 200), member(7, 6, 200)]);
    expect(checks[0]?.audience.at(-1)).toEqual({ realServerId: realServerId(7), follows: 'MIDDLE' });
  });

  it('is up with a service that is not checked', () => {
    const services = [service(1, { healthCheck: { kind: 'none' } }), follow(4, 1)];
    const { fixed } = wantedOf(services, [member(2, 1, 200), member(5, 4, 200)]);
    expect(fixed.get(realServerId(5))).toMatchObject({ state: 'up', reason: 'followed' });
  });

  it('is unknown, and comes to an end, when services follow each other in a circle', () => {
    const { checks, fixed } = wantedOf([follow(1, 4, 'A'), follow(4, 1, 'B')], [member(2, 1, 200), member(5, 4, 200)]);
    expect(checks).toEqual([]);
    expect([...fixed.values()].map(({ state }) => state)).toEqual(['unknown', 'unknown']);
  });
});
