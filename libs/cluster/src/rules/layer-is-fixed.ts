import { type ClusterRefusal, type MergePatch, type VirtualServiceState } from '@evenkeel/contracts';

/** A service keeps its layer for life, and so does its duplicate: nothing of one layer means the same in the other. */
export const layerIsFixed = ({ spec }: VirtualServiceState, changes: MergePatch): ClusterRefusal | undefined => {
  const { layer } = changes;
  if (layer === undefined || layer === spec.layer) return undefined;
  const detail = `layer cannot change: ${spec.label} is layer ${spec.layer} for life`;
  const expected = `layer ${spec.layer}, or a new service`;
  return { kind: 'invalid-combination', errors: [{ pointer: '/layer', detail, expected, inherited: false }] };
};
