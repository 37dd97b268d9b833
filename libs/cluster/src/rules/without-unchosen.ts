import { defaultsOf, serviceKindOf, type VirtualServiceSpec } from '@evenkeel/contracts';
import { changedFields } from '../changed-fields.ts';
import type { Fields } from '../merge-patch.ts';

/**
 * A service on its way to another mode, without the fields that only the old one has and that nobody chose: they have
 * their default, so nothing is lost with them. What somebody chose stays, and must be taken back by name.
 */
export const withoutUnchosen = (spec: VirtualServiceSpec, changes: Fields): Fields => {
  const [before, after] = [kindOf(spec), kindOf({ ...spec, ...changes })];
  if (before === undefined || after === undefined || before === after) return spec;
  const defaults = Object.fromEntries(defaultsOf(before));
  const chosen = new Set(changedFields(defaults, spec));
  return Object.fromEntries(
    Object.entries(spec).filter(([field]) => Object.hasOwn(after.shape, field) || chosen.has(field)),
  );
};

const kindOf = (fields: Fields) => serviceKindOf(fields['layer'], fields['mode']);
