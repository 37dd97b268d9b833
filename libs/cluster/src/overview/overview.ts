import {
  isHttpsRedirect,
  type Overview,
  type OverviewService,
  type RealServerId,
  type Verdict,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { isAvailable } from '../rules/availability.ts';
import { alarmOf } from '../rules/panic.ts';
import { type Cluster, realServersOf } from '../state/cluster.ts';
import { checkedBy } from './checked.ts';
import { drainsIn } from './draining.ts';
import { realServerRow } from './real-server-row.ts';
import { connectionsById, nothingObserved, type Observed } from './seen.ts';
import { serviceRow } from './service-row.ts';
import { warmthIn } from './warmth-in.ts';

/**
 * The System Overview: every service with its real servers, in words. `verdicts` are the last ones known; a server
 * without one is `unknown`. Without `observed` no count is known and every wish is pending: nobody was seen to run it.
 */
export const overviewOf = (
  cluster: Cluster,
  verdicts: ReadonlyMap<RealServerId, Verdict>,
  observed: Observed = nothingObserved,
): Omit<Overview, 'convergence'> => {
  const services = [...cluster.virtualServices.values()].toSorted((a, b) => a.spec.layer - b.spec.layer);
  return { revision: cluster.revision, services: services.map(rowsOf(cluster, verdicts, observed)) };
};

/** The row of any service of the cluster, by the same. */
export const rowsOf = (
  cluster: Cluster,
  verdicts: ReadonlyMap<RealServerId, Verdict>,
  observed: Observed,
): ((service: VirtualServiceState) => OverviewService) => {
  const connections = connectionsById(observed);
  const checked = checkedBy(verdicts, observed);
  const drains = drainsIn(cluster, observed);
  return (service) => {
    const members = realServersOf(cluster, service.id);
    const available = members.filter((member) => isAvailable(member, checked(member.id)?.state ?? 'unknown'));
    const warmthOf = warmthIn(service.spec, members, checked, observed);
    const rows = members.map((member) =>
      realServerRow({
        service: service.spec,
        realServer: member,
        checked: checked(member.id),
        connections: connections.get(member.id),
        draining: drains(member),
        warmth: warmthOf(member.id),
        isOnlyHope: available.length === 0,
        observed,
      }),
    );
    const alarm = isHttpsRedirect(service.spec)
      ? undefined
      : alarmOf(service.spec, members, (id) => checked(id)?.state);
    return serviceRow(service, rows, { available: available.length, alarm }, connections.get(service.id), observed);
  };
};
