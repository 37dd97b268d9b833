import { type Cluster } from '@evenkeel/cluster';
import { isHttpsRedirect, type LeftBehind, type NodeSample } from '@evenkeel/contracts';
import { durationMs, writeDuration } from '@evenkeel/kernel';
import { type Layer7ServiceState, layer7ServicesOf } from '../layer7/desired.ts';
import { redirectIdle } from '../layer7/render-redirect.ts';

/**
 * What a reload of HAProxy leaves on its old process: every connection of layer 7, until it ends by itself or has been
 * idle for as long as its service allows, or is cut where the cluster's settings say so. Undefined where layer 7 serves
 * nothing.
 */
export const leftBehind = (cluster: Cluster, sample: NodeSample | undefined): LeftBehind | undefined => {
  const services = layer7ServicesOf(cluster).filter(({ enabled }) => enabled);
  if (services.length === 0) return undefined;
  const open = new Map(sample?.services.map(({ id, connections }) => [id, connections]));
  const used = services.filter(({ id }) => (open.get(id) ?? 0) > 0);
  const idleMost = writeDuration(Math.max(...(used.length > 0 ? used : services).map(idleMs)));
  const { hardStopAfter } = cluster.settings.spec;
  const end = hardStopAfter === 'never' ? { idleMost } : { idleMost, cutAfter: hardStopAfter };
  if (sample === undefined) return end;
  return { connections: used.reduce((sum, { id }) => sum + (open.get(id) ?? 0), 0), ...end };
};

const idleMs = ({ spec }: Layer7ServiceState): number => {
  if (isHttpsRedirect(spec)) return durationMs(redirectIdle) ?? 0;
  const { client, server } = spec.timeouts;
  const tunnel = spec.mode === 'http' ? [spec.tunnelTimeout] : [];
  return Math.max(...[client, server, ...tunnel].map((written) => durationMs(written) ?? 0));
};
