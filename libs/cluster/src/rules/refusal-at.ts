import type { ClusterRefusal } from '@evenkeel/contracts';

/** The same refusal of a thing that is at `at` in a larger document (RFC 6901 pointer). */
export const refusalAt = (at: string, refusal: ClusterRefusal): ClusterRefusal => {
  switch (refusal.kind) {
    case 'invalid-input':
      return { ...refusal, errors: refusal.errors.map((error) => ({ ...error, pointer: at + error.pointer })) };
    case 'invalid-combination':
      return { ...refusal, errors: refusal.errors.map((error) => ({ ...error, pointer: at + error.pointer })) };
    case 'address-and-port-in-use':
    case 'port-reserved':
    case 'label-in-use':
    case 'duplicate-real-server':
    case 'address-loop':
    case 'owned-by-another-scope':
      return { ...refusal, at: at + (refusal.at ?? '') };
    default:
      return refusal;
  }
};

/** The first refusal among those of `items`; undefined when there is none. */
export const firstRefusal = <Item>(
  items: Iterable<Item>,
  refusalOf: (item: Item) => ClusterRefusal | undefined,
): ClusterRefusal | undefined => {
  for (const item of items) {
    const refusal = refusalOf(item);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
};
