import { type Cluster, effectivePorts, machineAt, realServersOf } from '@evenkeel/cluster';
import {
  type HealthCheck,
  healthCheckOf,
  type ProbingCheck,
  type RealServerId,
  type RealServerState,
  type VirtualServiceId,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import canonicalize from 'canonicalize';
import type { FixedVerdict, Listener, Wanted, WantedCheck } from './wanted.ts';

/**
 * The checks that a cluster wants, and nothing else: no probe ever goes to an address that is not a real server's.
 * Real servers that share address, effective port and check share one target. The effective port is the check's own,
 * else the real server's, else the first of its service; a ping has none. Disabled services and drained or halted real servers are
 * checked as well: whoever brings one back wants to know first.
 */
export const targetsOf = (cluster: Cluster): Wanted => {
  const checks = new Map<string, WantedCheck & { audience: Listener[] }>();
  const fixed = new Map<RealServerId, FixedVerdict>();
  const questionOf = memoized(question);
  for (const service of cluster.virtualServices.values()) {
    for (const realServer of realServersOf(cluster, service.id)) {
      const { id: realServerId } = realServer;
      const basis = basisOf(cluster, { service, realServer });
      if (basis.kind === 'fixed') {
        fixed.set(realServerId, basis.verdict);
        continue;
      }
      const { asked, target } = basis;
      const key = `${placeOf(target)} ${questionOf(asked)}`;
      const wanted = checks.get(key) ?? { key, check: asked, target, audience: [] };
      checks.set(key, wanted);
      wanted.audience.push(basis.follows === undefined ? { realServerId } : { realServerId, follows: basis.follows });
    }
  }
  return { checks, fixed };
};

export type Member = { readonly service: VirtualServiceState; readonly realServer: RealServerState };

export type Basis =
  | { readonly kind: 'fixed'; readonly verdict: FixedVerdict }
  | {
      readonly kind: 'probe';
      readonly asked: ProbingCheck;
      readonly target: WantedCheck['target'];
      readonly follows?: string;
    };

/** What one real server is judged by, as its service checks it or by another definition. */
export const basisOf = (
  cluster: Cluster,
  { service, realServer }: Member,
  healthCheck: HealthCheck | undefined = healthCheckOf(service.spec),
): Basis => {
  if (healthCheck?.kind !== 'follow') return ownBasis({ service, realServer }, healthCheck);
  const label = cluster.virtualServices.get(healthCheck.virtualService)?.spec.label ?? healthCheck.virtualService;
  const source = followed(cluster, { service, realServer });
  if (source === undefined) return followsNobody(label, realServer.spec.address);
  const basis = ownBasis(source.member, source.check);
  if (basis.kind === 'probe') return { ...basis, follows: label };
  const { state, detail } = basis.verdict;
  return { kind: 'fixed', verdict: { state, reason: 'followed', detail: `follows ${label}: ${detail}` } };
};

type OwnCheck = Exclude<HealthCheck, { kind: 'follow' }>;

const ownBasis = ({ service, realServer }: Member, check: OwnCheck | undefined): Basis => {
  if (check === undefined || check.kind === 'none') {
    return {
      kind: 'fixed',
      verdict: { state: 'up', reason: 'not-checked', detail: 'this service has no health check' },
    };
  }
  const { address } = realServer.spec;
  if (check.kind === 'ping') return { kind: 'probe', asked: check, target: { address, port: 0 } };
  const port = check.port === 'inherit' ? firstPort(service, realServer) : check.port;
  const target = { address, port, ...(check.port === 'inherit' ? proxyProtocolOf(service) : {}) };
  return { kind: 'probe', asked: check, target };
};

/** A range has no first among equals; a check of a service with one has a port of its own. */
const firstPort = ({ spec }: VirtualServiceState, realServer: RealServerState): number => {
  const [first] = effectivePorts(spec, realServer.spec);
  assert(typeof first === 'number', `the check of ${spec.label} has no port`);
  return first;
};

/** A port of the check's own is another listener, of which the service says nothing. */
const proxyProtocolOf = ({ spec }: VirtualServiceState): { readonly proxyProtocol?: 1 | 2 } =>
  !('sendProxy' in spec) || spec.sendProxy === 'none' ? {} : { proxyProtocol: spec.sendProxy === 'v1' ? 1 : 2 };

export const placeOf = ({ address, port, proxyProtocol }: WantedCheck['target']): string =>
  `${address} ${port}${proxyProtocol === undefined ? '' : ` PROXY ${proxyProtocol}`}`;

/** Where a chain of `follow` ends: the same machine in a service with a check of its own. Undefined when it ends nowhere. */
const followed = (cluster: Cluster, start: Member) => {
  const seen = new Set<VirtualServiceId>();
  let member: Member | undefined = start;
  while (member !== undefined && !seen.has(member.service.id)) {
    const check: HealthCheck | undefined = healthCheckOf(member.service.spec);
    if (check?.kind !== 'follow') return { member, check };
    seen.add(member.service.id);
    member = sameMachineIn(cluster, check.virtualService, member.realServer.spec.address);
  }
  return undefined;
};

const sameMachineIn = (cluster: Cluster, id: VirtualServiceId, address: string): Member | undefined => {
  const service = cluster.virtualServices.get(id);
  const realServer = machineAt(cluster, address).find(({ virtualServiceId }) => virtualServiceId === id);
  return service === undefined || realServer === undefined ? undefined : { service, realServer };
};

const followsNobody = (label: string, address: string): Basis => {
  const detail = `follows ${label}, which has no verdict for ${address}`;
  return { kind: 'fixed', verdict: { state: 'unknown', reason: 'followed', detail } };
};

/** What is asked, as text: without the port, which is part of the target. Canonical, because field order means nothing. */
export const question = (check: ProbingCheck): string => canonicalize({ ...check, port: undefined }) ?? '';

const memoized = <Key extends object, Value>(compute: (key: Key) => Value): ((key: Key) => Value) => {
  const known = new Map<Key, Value>();
  return (key) => {
    const value = known.get(key) ?? compute(key);
    known.set(key, value);
    return value;
  };
};
