import { changedFields } from '../changed-fields.ts';
import type { Fields } from '../merge-patch.ts';

/** One thing right before a commit, right after it, and now; undefined while it is not there. */
export type Versions = {
  readonly was: Fields | undefined;
  readonly became: Fields | undefined;
  readonly now: Fields | undefined;
};

export type Reverted =
  | { readonly ok: true; readonly target: Fields | undefined }
  /** Fields that later commits changed; none when they made or removed the thing itself. */
  | { readonly ok: false; readonly changedSince: readonly string[] };

/**
 * What a thing should be once the commit is taken back: fields that it did not touch stay as they are now, those that it
 * did become what they were. That is safe only where the commit's own value still stands; where the old one is back
 * already, nothing has to be done.
 */
export const threeWay = ({ was, became, now }: Versions): Reverted =>
  was === undefined || became === undefined ? existence({ was, became, now }) : fields(was, became, now);

const existence = ({ was, became, now }: Versions): Reverted => {
  if (isSame(now, was)) return { ok: true, target: now };
  if (isSame(now, became)) return { ok: true, target: was };
  return { ok: false, changedSince: now === undefined ? [] : changedFields(became ?? was ?? {}, now) };
};

const fields = (was: Fields, became: Fields, now: Fields | undefined): Reverted => {
  if (now === undefined) return { ok: false, changedSince: [] };
  const touched = changedFields(was, became);
  const notOurs = changedFields(became, now);
  const notOld = changedFields(was, now);
  const changedSince = touched.filter((field) => notOurs.includes(field) && notOld.includes(field));
  if (changedSince.length > 0) return { ok: false, changedSince };
  const stillOurs = touched.filter((field) => !notOurs.includes(field));
  return { ok: true, target: withFieldsOf(now, was, stillOurs) };
};

const withFieldsOf = (now: Fields, was: Fields, names: readonly string[]): Fields => {
  const kept = Object.entries(now).filter(([field]) => !names.includes(field));
  const restored = names.filter((field) => was[field] !== undefined).map((field) => [field, was[field]]);
  return Object.fromEntries([...kept, ...restored]) as Fields;
};

const isSame = (a: Fields | undefined, b: Fields | undefined): boolean =>
  a === undefined || b === undefined ? a === b : changedFields(a, b).length === 0;
