/** Plain data by field. */
export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * JSON merge patch (RFC 7396), with one rule more: an object whose patch names another `kind` starts anew, because the
 * fields of one kind of persistence or health check mean nothing to another.
 */
export const mergePatch = (target: unknown, patch: unknown): unknown => {
  if (!isFields(patch)) return patch;
  const base = isFields(target) && !startsAnew(target, patch) ? target : {};
  const merged = new Map(Object.entries(base));
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) merged.delete(field);
    else merged.set(field, mergePatch(merged.get(field), value));
  }
  return Object.fromEntries(merged);
};

/** Whether the value at `path` of the merged document is the target's own, untouched by the patch. */
export const isKept = (target: unknown, patch: unknown, path: readonly string[]): boolean => {
  if (patch === undefined) return true;
  const [field, ...inner] = path;
  if (!isFields(patch) || !isFields(target) || startsAnew(target, patch) || field === undefined) return false;
  return isKept(target[field], patch[field], inner);
};

const startsAnew = (target: Fields, patch: Fields): boolean =>
  target['kind'] !== undefined && patch['kind'] !== undefined && patch['kind'] !== target['kind'];
