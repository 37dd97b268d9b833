import type { Draining, RealServerId, RealServerState, VirtualServiceSpec } from '@evenkeel/contracts';
import { dicomPortsAmong } from '../rules/dicom-ports.ts';
import { deadlineOf } from '../rules/drain-deadline.ts';
import { effectivePorts } from '../rules/effective-ports.ts';
import { type Cluster, serviceOf } from '../state/cluster.ts';
import type { Observed } from './seen.ts';

/** How far the drain of a real server has come; undefined for one that does not drain. */
export type Drains = (realServer: RealServerState) => Draining | undefined;

/**
 * What the nodes say of drains, all of them together: as long as one has not told, nobody knows how many are left. One that
 * cannot serve layer 4 has nothing to tell of it.
 */
export const drainsIn = (cluster: Cluster, { reports, samples }: Pick<Observed, 'reports' | 'samples'>): Drains => {
  const nodes = { 7: reports.length, 4: reports.filter(({ layer4 }) => layer4.state === 'able').length };
  const toldBy = new Map<RealServerId, { nodes: number; connections: number; oldest?: string }>();
  for (const { realServers } of samples)
    for (const { id, connections, oldest } of realServers) {
      const before = toldBy.get(id);
      const first = earlier(before?.oldest, oldest);
      toldBy.set(id, {
        nodes: (before?.nodes ?? 0) + 1,
        connections: (before?.connections ?? 0) + connections,
        ...(first === undefined ? {} : { oldest: first }),
      });
    }
  return (realServer) => {
    if (realServer.intent.intent !== 'drain') return undefined;
    const told = toldBy.get(realServer.id);
    const deadline = deadlineOf(realServer);
    const asked = nodes[serviceOf(cluster, realServer).spec.layer];
    return {
      connections: told === undefined || told.nodes < asked ? null : told.connections,
      ...(told?.oldest === undefined ? {} : { oldest: told.oldest }),
      ...(deadline === undefined ? {} : { deadline }),
    };
  };
};

const earlier = (one: string | undefined, other: string | undefined): string | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one;

/** `3 associations left, oldest 12 min; shut at …`: one word for each thing that is known. */
export const leftOf = (
  service: VirtualServiceSpec,
  realServer: RealServerState,
  { connections, oldest, deadline }: Draining,
  nowMs: number | undefined,
): string => {
  const parts: string[] = [];
  if (connections !== null && connections > 0) {
    const noun = isDicom(service, realServer) ? 'association' : 'connection';
    const age = oldest === undefined || nowMs === undefined ? '' : `, oldest ${ageOf(nowMs - Date.parse(oldest))}`;
    parts.push(`${connections} ${noun}${connections === 1 ? '' : 's'} left${age}`);
  }
  if (deadline !== undefined) parts.push(`shut at ${deadline}`);
  return parts.map((part) => `; ${part}`).join('');
};

/** One connection is one association where DICOM is spoken, by the port or by the check. */
const isDicom = (service: VirtualServiceSpec, { spec }: RealServerState): boolean => {
  if (service.mode !== 'tcp') return false;
  const ports = [...service.ports, ...effectivePorts(service, spec)];
  return service.healthCheck.kind === 'dicom-echo' || dicomPortsAmong(ports).length > 0;
};

const ageOf = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return `${Math.max(0, Math.floor(ms / 1_000))} s`;
  if (minutes < 120) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
};
