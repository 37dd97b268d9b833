import type { ClusterEvent, ClusterRefusal, VirtualServiceId } from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';
import { type Cluster, realServersOf } from '../state/cluster.ts';
import { imagine } from '../state/imagine.ts';
import { serviceIn } from '../state/with-service.ts';
import { availabilityLost } from './availability.ts';
import { certificateInUse, certificatesRefused } from './certificates.ts';
import { followRefused } from './follow.ts';
import { placeRefused } from './new-service.ts';
import { portReserved } from './port-reserved.ts';
import { firstRefusal, refusalAt } from './refusal-at.ts';
import { routesRefused, stillRoutedTo } from './routes.ts';
import { secretInUse, secretRefused } from './secrets.ts';
import { stillFollowed } from './still-followed.ts';

/** What a commit of many events makes of a cluster. */
export type Outcome = {
  readonly before: Cluster;
  readonly after: Cluster;
  /** Every service that the events touch, or whose real servers they touch. */
  readonly touched: readonly VirtualServiceId[];
  /** Where a service is in the caller's document; '' where there is none. */
  readonly at: (service: VirtualServiceId) => string;
  /** Where one of its real servers is, seen from the service. */
  readonly memberAt: (service: VirtualServiceId, label: string) => string;
};

/**
 * Why a cluster cannot become `after`. What counts is where many changes end, not the order in which they are made: two
 * services may swap their ports, a service may take the port of one that leaves, a check may follow a service that comes
 * with it. So everything touched is taken out, and put back one by one as it shall be, each beside what is there by then.
 */
export const endStateRefused = (
  outcome: Outcome,
  wish: { readonly force: boolean },
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const { before, after, touched } = outcome;
  const staying = touched.filter((id) => after.virtualServices.has(id));
  const leaving = touched.filter((id) => before.virtualServices.has(id) && !after.virtualServices.has(id));
  return (
    placesRefused(outcome, staying, context) ??
    firstRefusal(
      [...before.certificates.keys()].filter((name) => !after.certificates.has(name)),
      (name) => certificateInUse(after, name),
    ) ??
    firstRefusal(
      [...before.secrets.keys()].filter((name) => !after.secrets.has(name)),
      (name) => secretInUse(after, name),
    ) ??
    firstRefusal(leaving, (id) => stillFollowed(after, id) ?? stillRoutedTo(after, serviceIn(before, id))) ??
    firstRefusal(staying, (id) => refusedAt(outcome.at(id), referencesRefused(outcome, id))) ??
    availabilityLost(before, after, staying, wish, context)
  );
};

/** A service that was there before may be what rules and checks of others, which nobody touched, name. */
const referencesRefused = ({ before, after }: Outcome, id: VirtualServiceId): ClusterRefusal | undefined => {
  const { spec } = serviceIn(after, id);
  const labels = realServersOf(after, id).map((realServer) => realServer.spec.label);
  const present = before.virtualServices.get(id);
  return (
    followRefused(after, spec, id) ??
    certificatesRefused(after, spec) ??
    secretRefused(after, spec) ??
    routesRefused(after, spec, labels, id) ??
    (present === undefined ? undefined : (stillRoutedTo(after, present, spec) ?? stillFollowed(after, id, spec)))
  );
};

const placesRefused = (
  { before, after, touched, at, memberAt }: Outcome,
  staying: readonly VirtualServiceId[],
  context: DecisionContext,
): ClusterRefusal | undefined => {
  const present = touched.filter((id) => before.virtualServices.has(id));
  let placed = imagine(
    before,
    present.map((virtualServiceId) => ({ kind: 'VirtualServiceRemoved', virtualServiceId })),
  );
  for (const id of staying) {
    const { spec } = serviceIn(after, id);
    const old = before.virtualServices.get(id)?.spec.ports ?? [];
    const realServers = realServersOf(after, id).map((one) => ({ ...one, at: memberAt(id, one.spec.label) }));
    const refusal = portReserved(spec.ports, context, old) ?? placeRefused(placed, spec, realServers);
    if (refusal !== undefined) return refusalAt(at(id), refusal);
    placed = imagine(placed, asAdded(after, id));
  }
  return undefined;
};

const refusedAt = (at: string, refusal: ClusterRefusal | undefined): ClusterRefusal | undefined =>
  refusal && refusalAt(at, refusal);

const asAdded = (cluster: Cluster, id: VirtualServiceId): readonly ClusterEvent[] => {
  const { number, spec } = serviceIn(cluster, id);
  return [
    { kind: 'VirtualServiceAdded', virtualServiceId: id, number, service: spec },
    ...realServersOf(cluster, id).map(
      (member) =>
        ({
          kind: 'RealServerAdded',
          virtualServiceId: id,
          realServerId: member.id,
          number: member.number,
          realServer: member.spec,
        }) as const,
    ),
  ];
};
