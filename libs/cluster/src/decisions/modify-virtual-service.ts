import {
  type ClusterRefusal,
  readVirtualService,
  type VirtualServiceSpec,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { refuse } from '@evenkeel/kernel';
import { changedFields } from '../changed-fields.ts';
import { type Decide, decided, type DecisionContext } from '../decision.ts';
import { mergePatch } from '../merge-patch.ts';
import { addressAndPortInUse } from '../rules/address-and-port-in-use.ts';
import { fallbackOnServiceAddress, serviceOnRealServerAddress } from '../rules/address-loop.ts';
import { certificatesRefused } from '../rules/certificates.ts';
import { checkMisfits } from '../rules/check-fits.ts';
import { followRefused } from '../rules/follow.ts';
import { labelInUse } from '../rules/label-in-use.ts';
import { layerIsFixed } from '../rules/layer-is-fixed.ts';
import { portReserved } from '../rules/port-reserved.ts';
import { clashAmong } from '../rules/real-server-clash.ts';
import { misfitsOf } from '../rules/real-server-fits.ts';
import { routesRefused, stillRoutedTo } from '../rules/routes.ts';
import { secretRefused } from '../rules/secrets.ts';
import { stillFollowed } from '../rules/still-followed.ts';
import { unknownVirtualService } from '../rules/unknown.ts';
import { withoutUnchosen } from '../rules/without-unchosen.ts';
import { type Cluster, realServersOf } from '../state/cluster.ts';

/**
 * Merges `changes` into the present values. Fields that somebody chose and that a new mode does not have must be taken back
 * with `null`: a modification loses nothing that nobody mentioned.
 */
export const modifyVirtualService: Decide<'ModifyVirtualService'> = (cluster, wish, context) => {
  const { virtualServiceId, changes } = wish;
  const service = cluster.virtualServices.get(virtualServiceId);
  if (service === undefined) return refuse(unknownVirtualService(virtualServiceId));
  const fixed = layerIsFixed(service, changes);
  if (fixed !== undefined) return refuse(fixed);
  const read = readVirtualService(mergePatch(withoutUnchosen(service.spec, changes), changes));
  if (!read.ok) return read;
  const changed = changedFields(service.spec, read.value);
  if (changed.length === 0) return decided();

  const refusal = cannotBecome(cluster, service, read.value, context);
  if (refusal !== undefined) return refuse(refusal);
  return decided({ kind: 'VirtualServiceModified', virtualServiceId, changed, service: read.value });
};

/** What was right before stays right: only what is new is judged against settings that may have changed since. */
const cannotBecome = (
  cluster: Cluster,
  { id, spec: before }: VirtualServiceState,
  after: VirtualServiceSpec,
  context: DecisionContext,
): ClusterRefusal | undefined =>
  misfits(cluster, id, after) ??
  followRefused(cluster, after, id) ??
  routesRefused(
    cluster,
    after,
    realServersOf(cluster, id).map(({ spec }) => spec.label),
    id,
  ) ??
  certificatesRefused(cluster, after) ??
  secretRefused(cluster, after) ??
  stillRoutedTo(cluster, { id, spec: before }, after) ??
  stillFollowed(cluster, id, after) ??
  labelInUse(cluster, after, id) ??
  portReserved(after.ports, context, before.ports) ??
  addressAndPortInUse(cluster, after, id) ??
  (after.address === before.address ? undefined : serviceOnRealServerAddress(cluster, after, [], id)) ??
  fallbackOnServiceAddress(cluster, after) ??
  clashAmong(after, realServersOf(cluster, id));

/**
 * A change of ports meets real servers that have a port of their own, a change of mode those that have TLS, one of address those
 * of another family, a change of action any of them.
 */
const misfits = (
  cluster: Cluster,
  id: VirtualServiceState['id'],
  after: VirtualServiceSpec,
): ClusterRefusal | undefined => {
  const ofMembers = realServersOf(cluster, id).flatMap(({ spec }) =>
    misfitsOf(after, spec, '').map((misfit) => ({
      ...misfit,
      pointer: causes[misfit.pointer] ?? '/ports',
      detail: `${spec.label}: ${misfit.detail}`,
    })),
  );
  const errors = [...checkMisfits(after), ...ofMembers];
  return errors.length === 0 ? undefined : { kind: 'invalid-combination', errors };
};

/** Which field of the service is in the way of which field of a real server; '' is the real server as a whole. */
const causes: Readonly<Record<string, string>> = { '': '/action', '/tls': '/mode', '/address': '/address' };
