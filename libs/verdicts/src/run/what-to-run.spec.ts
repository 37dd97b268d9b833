import { fromSnapshot } from '@evenkeel/cluster';
import { RunCheck, TcpUdpCheck } from '@evenkeel/contracts';
import { aRealServer, aSnapshot, aVirtualService, realServerId, virtualServiceId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type * as z from 'zod';
import { whatToRun } from './what-to-run.ts';

const cluster = fromSnapshot(
  aSnapshot(
    [
      aVirtualService({ number: 1, spec: { ports: [104], healthCheck: { kind: 'connect', timeout: '2s' } } }),
      aVirtualService({ number: 4, spec: { ports: [105], healthCheck: { kind: 'none' } } }),
    ],
    [
      aRealServer({ number: 2, spec: { address: '192.168.85.200' } }),
      aRealServer({ number: 5, virtualServiceId: virtualServiceId(4), spec: { address: '192.168.85.201' } }),
    ],
  ),
);
const run = (wish: z.input<typeof RunCheck>) => whatToRun(cluster, RunCheck.parse(wish));

describe('a real server', () => {
  it('is asked as its service asks it', () => {
    expect(run({ realServerId: realServerId(2) })).toMatchObject({
      ok: true,
      value: { check: { kind: 'connect', timeout: '2s' }, target: { address: '192.168.85.200', port: 104 } },
    });
  });

  it('is asked by a definition that nobody has committed, for five seconds at the most', () => {
    const check = { kind: 'dicom-echo', calledAe: 'ANY', timeout: '1m' } as const;
    expect(run({ realServerId: realServerId(2), check })).toMatchObject({
      ok: true,
      value: { check: { kind: 'dicom-echo', timeout: '5s' }, target: { address: '192.168.85.200', port: 104 } },
    });
  });

  it('must be one, and must have something to be asked', () => {
    expect(run({ realServerId: realServerId(9) })).toMatchObject({ refusal: { kind: 'unknown-real-server' } });
    expect(run({ realServerId: realServerId(5) })).toMatchObject({
      refusal: { kind: 'nothing-to-ask', detail: 'this service has no health check' },
    });
  });
});

describe('a machine', () => {
  const address = '192.168.85.201';

  it('is asked by a definition with a port of its own', () => {
    const check = { kind: 'http', port: 8042 } as const;
    expect(run({ address, check })).toMatchObject({ ok: true, value: { target: { address, port: 8042 } } });
    expect(run({ address, check: { kind: 'ping' } })).toMatchObject({ ok: true, value: { target: { port: 0 } } });
  });

  it.each([
    ['no definition', undefined, 'check-needed'],
    ['a definition without a port', { kind: 'http' }, 'port-needed'],
    ['a definition that asks nobody', { kind: 'none' }, 'nothing-to-ask'],
  ] as const)('is not asked with %s', (_what, check, kind) => {
    expect(run({ address, ...(check === undefined ? {} : { check }) })).toMatchObject({ refusal: { kind } });
  });
});

it('a definition cannot sign in with a secret that is not in the book', () => {
  const check = { kind: 'http', port: 8042, basicAuth: { secret: 'monitor' } } as const;
  const refusal = { kind: 'unknown-secret', field: 'basicAuth', secret: 'monitor' };
  expect(run({ address: '192.168.85.200', check })).toMatchObject({ refusal });
  expect(run({ realServerId: realServerId(2), check })).toMatchObject({ refusal });
});

it('nobody is ever asked who is no real server of the cluster, whatever is wished', () => {
  const machines = new Set(['192.168.85.200', '192.168.85.201']);
  const checks = [
    { kind: 'http', port: 22 },
    { kind: 'ping' },
    { kind: 'connect' },
    { kind: 'udp', request: 'x', port: 9 },
  ];
  const wish = fc.record(
    {
      realServerId: fc.nat(9).map(realServerId),
      address: fc.oneof(fc.ipV4(), fc.constantFrom(...machines)),
      check: fc.constantFrom(...checks).map((check) => TcpUdpCheck.parse(check)),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(wish, (wished) => {
      const answer = run(wished);
      return !answer.ok || machines.has(answer.value.target.address);
    }),
  );
});
