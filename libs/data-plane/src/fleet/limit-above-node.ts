import type { Cluster } from '@evenkeel/cluster';
import {
  type ClusterEvent,
  defaultMaxConnections,
  type LintFinding,
  type NodeReport,
  type VirtualServiceId,
} from '@evenkeel/contracts';

/**
 * The finding `limit-above-node` for the services that `events` configured: a node opens fewer connections than the service
 * may take. The default is nobody's wish and is not advised on. Nodes that do not say their limit are left out.
 */
export const limitAboveNode = (
  { virtualServices }: Pick<Cluster, 'virtualServices'>,
  events: readonly ClusterEvent[],
  reports: readonly Pick<NodeReport, 'node' | 'haproxy'>[],
): LintFinding[] =>
  configuredIn(events).flatMap((virtualServiceId) => {
    const spec = virtualServices.get(virtualServiceId)?.spec;
    if (spec?.layer !== 7 || spec.maxConnections === defaultMaxConnections) return [];
    const { label, maxConnections } = spec;
    return reports.flatMap(({ node, haproxy }) => {
      const most = haproxy?.maxConnections;
      if (most === undefined || most >= maxConnections) return [];
      const detail = `${label} may take ${maxConnections} connections, and ${node} opens ${most} at the most`;
      const advice = `Lower maxConnections to ${most}, or raise the limit of open files (ulimit -n) on ${node}.`;
      return [{ code: 'limit-above-node' as const, virtualServiceId, detail, advice }];
    });
  });

const configuredIn = (events: readonly ClusterEvent[]): readonly VirtualServiceId[] =>
  events.flatMap((event) =>
    event.kind === 'VirtualServiceAdded' || event.kind === 'VirtualServiceModified' ? event.virtualServiceId : [],
  );
