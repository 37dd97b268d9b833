import {
  type ClusterRefusal,
  type DuplicateVirtualService,
  isHttpsRedirect,
  readVirtualService,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { accept, refuse } from '@evenkeel/kernel';
import type { Decide } from '../decision.ts';
import { type CarriedOver, carriedOver } from '../duplicate/carry-over.ts';
import { httpCheckLeftOnDicom } from '../duplicate/inherited-check.ts';
import { reviewOf } from '../duplicate/review.ts';
import { isKept, mergePatch } from '../merge-patch.ts';
import { layerIsFixed } from '../rules/layer-is-fixed.ts';
import { newServiceRefused, serviceAdded } from '../rules/new-service.ts';
import { unknownVirtualService } from '../rules/unknown.ts';
import { realServersOf } from '../state/cluster.ts';

/**
 * A new service like its source, real servers included (but for a redirect, which has none), with a new label and some fields changed. It starts enabled and
 * without the intents of its source. The review lists what it took over unasked; a refusal says whether the value that
 * is in the way was inherited.
 */
export const duplicateVirtualService: Decide<'DuplicateVirtualService'> = (cluster, wish, context) => {
  const source = cluster.virtualServices.get(wish.source);
  if (source === undefined) return refuse(unknownVirtualService(wish.source));
  const misplaced = labelInOverrides(wish) ?? layerIsFixed(source, wish.overrides);
  if (misplaced !== undefined) return refuse(misplaced);

  const carried = carriedOver(source.spec, { ...source.spec, ...wish.overrides });
  const own = { ...wish.overrides, label: wish.label };
  const read = readVirtualService(mergePatch(carried.fields, own));
  if (!read.ok) return refuse(namingTheInherited(read.refusal, carried, wish));
  const present = realServersOf(cluster, source.id).map(({ spec }) => spec);
  const realServers = isHttpsRedirect(read.value) ? [] : present;
  const refusal =
    httpCheckLeftOnDicom(source.spec, wish.overrides, read.value, realServers) ??
    newServiceRefused(cluster, read.value, realServers, context);
  if (refusal !== undefined) return refuse(namingTheInherited(refusal, carried, wish));
  return accept({
    events: serviceAdded(cluster, read.value, realServers, context, source.id),
    review: reviewOf(carried, own, portsMoved(source, read.value), { present, taken: realServers }),
  });
};

const portsMoved = ({ spec }: VirtualServiceState, { ports }: VirtualServiceState['spec']) => ({
  from: spec.ports,
  to: ports,
});

const labelInOverrides = ({ overrides }: DuplicateVirtualService): ClusterRefusal | undefined =>
  overrides['label'] === undefined
    ? undefined
    : {
        kind: 'invalid-input',
        errors: [
          { pointer: '/label', detail: 'a duplicate has its label beside its overrides', expected: 'no label here' },
        ],
      };

/** Says which of the refused values came from the source: the ones a caller does not see in the request. */
const namingTheInherited = (
  refusal: ClusterRefusal,
  { fields }: CarriedOver,
  { overrides }: DuplicateVirtualService,
): ClusterRefusal => {
  if (refusal.kind === 'address-and-port-in-use') {
    const inherited = ['address', 'ports'].every((field) => isKept(fields, overrides, [field]));
    return { ...refusal, inherited };
  }
  if (refusal.kind !== 'invalid-combination') return refusal;
  const errors = refusal.errors.map((error) => ({
    ...error,
    inherited: isKept(fields, overrides, error.pointer.split('/').slice(1)),
  }));
  return { ...refusal, errors };
};
