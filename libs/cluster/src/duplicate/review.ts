import type { DuplicateReview, MergePatch, PortItem, RealServerSpec, VirtualServiceSpec } from '@evenkeel/contracts';
import { isKept, type Fields } from '../merge-patch.ts';
import type { CarriedOver } from './carry-over.ts';

/** What the duplicate has from its source without being told, value by value. */
export const reviewOf = (
  carried: CarriedOver,
  overrides: MergePatch,
  ports: { readonly from: VirtualServiceSpec['ports']; readonly to: VirtualServiceSpec['ports'] },
  realServers: { readonly present: readonly RealServerSpec[]; readonly taken: readonly RealServerSpec[] },
): DuplicateReview => {
  const { present, taken } = realServers;
  const adjusted = carried.adjusted.filter(({ field }) => isKept(carried.fields, overrides, field.split('.')));
  const isAdjusted = (field: string): boolean => adjusted.some((other) => other.field === field);
  const kept = leavesOf(carried.fields).filter(({ path }) => isKept(carried.fields, overrides, path));
  const inherited = kept.map(({ path, value }) => ({ field: path.join('.'), value }));
  return {
    inherited: [...inherited.filter(({ field }) => !isAdjusted(field)), { field: 'realServers', value: [...taken] }],
    dropped: [
      ...carried.dropped,
      ...(taken.length < present.length ? [{ field: 'realServers', value: [...present] }] : []),
    ],
    adjusted,
    movedPorts: movedPorts(ports, taken),
  };
};

type Leaf = { readonly path: readonly string[]; readonly value: DuplicateReview['inherited'][number]['value'] };

/** Every value with the names that lead to it; a list is one value. */
const leavesOf = (fields: Fields, path: readonly string[] = []): readonly Leaf[] =>
  Object.entries(fields).flatMap(([field, value]) => {
    const here = [...path, field];
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup ? leavesOf(value as Fields, here) : [{ path: here, value: value as Leaf['value'] }];
  });

const movedPorts = (
  { from, to }: { readonly from: readonly PortItem[]; readonly to: readonly PortItem[] },
  realServers: readonly RealServerSpec[],
): DuplicateReview['movedPorts'] => {
  if (from.join() === to.join()) return [];
  return realServers
    .filter(({ port }) => port === 'inherit')
    .map(({ label, address }) => ({ realServer: label, address, from: [...from], to: [...to] }));
};
