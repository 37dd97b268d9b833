import type { ClusterRefusal, VirtualServiceSpec } from '@evenkeel/contracts';
import { type Cluster } from '../state/cluster.ts';
import { endpointsOf, meetingPort } from '../state/endpoints.ts';
import { serviceIn } from '../state/with-service.ts';
import type { Declared } from './declared-services.ts';

/**
 * A service of the document that another scope has under the same label, at an address and port that they share, is the
 * same service: its owner has to give it away first, by a change of its scope. The same label elsewhere is only advised
 * against, and another label at the same place is taken by a stranger.
 */
export const ownedByAnotherScope = (cluster: Cluster, { at, spec }: Declared): ClusterRefusal | undefined => {
  const owner = [...(cluster.servicesBy.label.get(spec.label) ?? [])]
    .map((id) => serviceIn(cluster, id))
    .find((other) => other.spec.scope !== spec.scope && doMeet(other.spec, spec));
  if (owner === undefined) return undefined;
  const { label, scope } = owner.spec;
  return { kind: 'owned-by-another-scope', virtualServiceId: owner.id, label, scope, at };
};

const doMeet = (one: VirtualServiceSpec, other: VirtualServiceSpec): boolean =>
  endpointsOf(one).some((a) => endpointsOf(other).some((b) => meetingPort(a, b) !== undefined));
