import { fromSnapshot } from '@evenkeel/cluster';
import type { VerdictReason } from '@evenkeel/contracts';
import {
  aRealServer,
  aSnapshot,
  aVirtualService,
  realServerId,
  type ServiceFields,
  virtualServiceId,
} from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import type { LastWord } from './last-word.ts';
import { ownChecksOf } from './own-checks-of.ts';

/** One service with one real server, 11, at 192.168.85.200. */
const ownChecks = (fields: ServiceFields, last?: LastWord) => {
  const cluster = fromSnapshot(aSnapshot([aVirtualService({ spec: fields })], [aRealServer({ number: 11 })]));
  const { checks, fixed } = ownChecksOf(cluster, new Map(last === undefined ? [] : [[realServerId(11), last]]));
  return { checks: [...checks.values()], fixed };
};
const down = (reason?: VerdictReason): LastWord => ({ state: 'down', reason });
const echo: ServiceFields = { healthCheck: { kind: 'dicom-echo', rise: 4, fall: 5 } };

describe('what a worker asks for itself', () => {
  it('is a connection, at the pace of the check and where that would go', () => {
    const { checks } = ownChecks(echo);
    expect(checks).toEqual([
      {
        key: expect.any(String) as unknown as string,
        check: { kind: 'connect', port: 'inherit', interval: '10s', timeout: '5s', rise: 4, fall: 5 },
        target: { address: '192.168.85.200', port: 104 },
        audience: [{ realServerId: realServerId(11) }],
      },
    ]);
    const web: ServiceFields = { mode: 'http', ports: [80], healthCheck: { kind: 'http', port: 8_042 } };
    expect(ownChecks(web).checks[0]).toMatchObject({ check: { kind: 'connect' }, target: { port: 8_042 } });
  });

  it("is not asked from the checker's own address, which this machine may not have", () =>
    expect(
      ownChecks({ healthCheck: { kind: 'connect', source: '192.168.85.30' } }).checks[0]?.check,
    ).not.toHaveProperty('source'));

  it('is the node status where the clients use NetBIOS: nothing listens there on TCP', () => {
    const check: ServiceFields = {
      layer: 4,
      mode: 'tcp-udp',
      ports: [137],
      healthCheck: { kind: 'netbios-node-status' },
    };
    expect(ownChecks(check).checks[0]).toMatchObject({ check: { kind: 'netbios-node-status' }, target: { port: 137 } });
  });

  it('is a ping where the check is one, and that sees whether it is over', () => {
    const pinged: ServiceFields = { healthCheck: { kind: 'ping', source: '192.168.85.30' } };
    const [asked] = ownChecks(pinged, down('ping-silent')).checks;
    expect(asked).toMatchObject({ check: { kind: 'ping' }, target: { address: '192.168.85.200', port: 0 } });
    expect(asked?.check).not.toHaveProperty('source');
  });

  it('is the same question where a datagram asks it', () => {
    const asking = (healthCheck: object): unknown =>
      ownChecks({ layer: 4, mode: 'udp', ports: [53], healthCheck } as ServiceFields).checks[0]?.check;
    expect(asking({ kind: 'dns', name: 'pacs.example' })).toMatchObject({ kind: 'dns', name: 'pacs.example' });
    expect(asking({ kind: 'udp', request: 'status?' })).toMatchObject({ kind: 'udp', request: 'status?' });
  });

  it('is nothing where a program asks: only the checker has it, and there may be nothing to connect to', () => {
    const asked = (mode: 'tcp' | 'udp') =>
      ownChecks({ layer: 4, mode, ports: [137], healthCheck: { kind: 'external', program: 'check' } });
    for (const mode of ['tcp', 'udp'] as const) expect(asked(mode)).toMatchObject({ checks: [], fixed: new Map() });
  });

  it('is nothing where there is no check', () => {
    const { checks, fixed } = ownChecks({ healthCheck: { kind: 'none' } });
    expect(checks).toEqual([]);
    expect(fixed.get(realServerId(11))?.state).toBe('up');
  });

  it('is asked about a follower too, and once for both', () => {
    const followed = aVirtualService({ spec: echo });
    const follower = aVirtualService({
      number: 2,
      spec: {
        label: 'INFINITT_Check',
        layer: 4,
        mode: 'udp',
        ports: [137],
        healthCheck: { kind: 'follow', virtualService: virtualServiceId(1) },
      },
    });
    const servers = [aRealServer({ number: 11 }), aRealServer({ number: 12, virtualServiceId: virtualServiceId(2) })];
    const { checks } = ownChecksOf(fromSnapshot(aSnapshot([followed, follower], servers)), new Map());
    expect([...checks.values()].map(({ audience }) => audience)).toEqual([
      [{ realServerId: realServerId(11) }, { realServerId: realServerId(12) }],
    ]);
  });
});

describe('a server that was down', () => {
  it.each<[VerdictReason | undefined, number]>([
    ['connect-refused', 1],
    ['connect-timeout', 1],
    ['host-unreachable', 1],
    ['dicom-timeout', 0],
    ['dicom-aborted', 0],
    ['tls-failed', 0],
    ['connection-closed', 0],
    [undefined, 0],
  ])('by a C-ECHO for %s is asked %i times over: a hung PACS accepts connections', (reason, asked) =>
    expect(ownChecks(echo, down(reason)).checks).toHaveLength(asked),
  );

  it('by a check that asks no more than we do is asked, whatever the reason', () =>
    expect(ownChecks({ healthCheck: { kind: 'connect' } }, down('dicom-timeout')).checks).toHaveLength(1));

  it('counts apart from one that serves, though both share the place and the check', () => {
    const members = [11, 12].map((number) => aRealServer({ number, virtualServiceId: virtualServiceId(number - 10) }));
    const services = [1, 2].map((number) =>
      aVirtualService({
        number,
        spec: { label: `S${number}`, ports: [number], healthCheck: { kind: 'connect', port: 104 } },
      }),
    );
    const cluster = fromSnapshot(aSnapshot(services, members));
    expect(ownChecksOf(cluster, new Map()).checks.size).toBe(1);
    expect(ownChecksOf(cluster, new Map([[realServerId(11), down('connect-refused')]])).checks.size).toBe(2);
  });
});
