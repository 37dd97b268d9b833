import { type Cluster, type Drains, machineAt, realServersOf } from '@evenkeel/cluster';
import type {
  MachineResource,
  RealServerId,
  RealServerResource,
  RealServerState,
  VirtualServiceId,
  VirtualServiceResource,
  VirtualServiceState,
  Verdict,
} from '@evenkeel/contracts';
import { problem, type ProblemException } from '../problems/problem-exception.ts';

// State in the shape of the API.

export const virtualServiceResource = (cluster: Cluster, service: VirtualServiceState): VirtualServiceResource => {
  const { id, spec, enabled, duplicatedFrom, version } = service;
  return {
    id,
    ...spec,
    enabled,
    ...(duplicatedFrom === undefined ? {} : { duplicatedFrom }),
    revision: version,
    realServers: realServersOf(cluster, id).map((realServer) => realServerResource(realServer)),
  };
};

/** `drains`: what the nodes say of drains, for answers that tell how things stand. */
export const realServerResource = (state: RealServerState, drains?: Drains): RealServerResource => {
  const { id, virtualServiceId, spec, version, intent, intentSince, intentBy, intentReason, intentRevision } = state;
  const reason = intentReason === undefined ? {} : { intentReason };
  const order = intentRevision === undefined ? {} : { intentRevision };
  const draining = drains?.(state);
  const progress = draining === undefined ? {} : { draining };
  return {
    id,
    virtualServiceId,
    ...spec,
    revision: version,
    intent,
    intentSince,
    intentBy,
    ...reason,
    ...order,
    ...progress,
  };
};

/** Throws the problem `unknown-virtual-service`. */
export const virtualServiceIn = (cluster: Cluster, id: VirtualServiceId): VirtualServiceState => {
  const service = cluster.virtualServices.get(id);
  if (service === undefined) throw unknown('unknown-virtual-service', `There is no virtual service ${id}.`);
  return service;
};

/** Throws the problem `unknown-real-server`, also when it belongs to another service. */
export const realServerIn = (
  cluster: Cluster,
  id: RealServerId,
  virtualServiceId: VirtualServiceId,
): RealServerState => {
  const realServer = cluster.realServers.get(id);
  if (realServer?.virtualServiceId === virtualServiceId) return realServer;
  throw unknown('unknown-real-server', `The virtual service ${virtualServiceId} has no real server ${id}.`);
};

/** Throws the problem `unknown-real-server`. */
export const theRealServer = (cluster: Cluster, id: RealServerId): RealServerState => {
  const realServer = cluster.realServers.get(id);
  if (realServer === undefined) throw unknown('unknown-real-server', `There is no real server ${id}.`);
  return realServer;
};

/** Throws the problem `unknown-machine`. */
export const machineResource = (
  cluster: Cluster,
  address: string,
  verdictOf: (id: RealServerId) => Verdict | undefined,
  drains: Drains,
): MachineResource => {
  const members = machineAt(cluster, address);
  if (members.length === 0) throw unknown('unknown-machine', `No real server has the address ${address}.`);
  return {
    address,
    labels: [...new Set(members.map(({ spec }) => spec.label))],
    realServers: members.map((member) => {
      const { id, spec } = virtualServiceIn(cluster, member.virtualServiceId);
      const { label, ports, mode } = spec;
      const verdict = verdictOf(member.id);
      return {
        realServer: realServerResource(member, drains),
        virtualService: { id, label, ports, mode },
        ...(verdict === undefined ? {} : { verdict }),
      };
    }),
  };
};

const unknown = (code: string, detail: string): ProblemException => problem(404, code, detail);
