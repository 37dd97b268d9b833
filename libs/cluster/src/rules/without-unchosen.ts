import { defaultsOf, type ServiceKind, serviceKindOf, type VirtualServiceSpec } from '@evenkeel/contracts';
import { changedFields } from '../changed-fields.ts';
import type { Fields } from '../merge-patch.ts';

/**
 * A service on its way to another mode or action, without the fields that mean something else there and that nobody chose: they have
 * their default, so nothing is lost with them. What somebody chose stays, and must be taken back by name.
 */
export const withoutUnchosen = (spec: VirtualServiceSpec, changes: Fields): Fields => {
  const [before, after] = [serviceKindOf(spec), serviceKindOf({ ...spec, ...changes })];
  if (before === undefined || after === undefined || before === after) return spec;
  const defaults = Object.fromEntries(defaultsOf(before));
  const chosen = new Set(changedFields(defaults, spec));
  return Object.fromEntries(Object.entries(spec).filter(([field]) => chosen.has(field) || isAlike(after, field)));
};

/** The fallback of each mode has a default of its own. */
const isAlike = ({ shape }: ServiceKind, field: string): boolean => field !== 'fallback' && Object.hasOwn(shape, field);
