import { refuse, type Result } from '@evenkeel/kernel';
import type * as z from 'zod';
import { pointerTo, readInput, shown } from '../explain-issues.ts';
import type { ClusterRefusalOf, InputError } from './refusals.ts';
import { kindAmong, type ServiceKind, serviceKinds, VirtualServiceSpec } from './virtual-service.ts';

type Fields = Readonly<Record<string, unknown>>;
/** A kind of service, as a whole or as a document declares it. */
type Kind = { readonly shape: Pick<ServiceKind['shape'], 'layer' | 'mode'> & Readonly<Record<string, z.ZodType>> };
export type InvalidService = ClusterRefusalOf<'invalid-input' | 'invalid-combination'>;

/** A service from plain data, or why it cannot be one. */
export const readVirtualService = (input: unknown): Result<VirtualServiceSpec, InvalidService> => {
  const read = readInput(VirtualServiceSpec, input);
  return read.ok ? read : refuse(invalidService(read.refusal, input));
};

/**
 * Tells what is wrong by itself from what would be right under another layer, mode or action: a cookie in mode `tcp`, a connect
 * check on UDP. `errors` are those of `input` read as any schema that has the fields of a service.
 * Only when nothing is wrong by itself is it `invalid-combination`; all errors come in one answer either way. `kinds`:
 * what services are in that schema.
 */
export const invalidService = (
  errors: readonly InputError[],
  input: unknown,
  kinds: readonly Kind[] = serviceKinds,
): InvalidService => {
  const fields = (typeof input === 'object' && input !== null ? input : {}) as Fields;
  const explained = errors.map((error) => ({ error, elsewhere: kindsWithout(error, fields, kinds) }));
  const combined = explained.map(({ error, elsewhere }) =>
    elsewhere.length === 0 ? error : asCombination(error, fields, elsewhere, kinds),
  );
  return explained.every(({ elsewhere }) => elsewhere.length > 0)
    ? { kind: 'invalid-combination', errors: combined.map((error) => ({ ...error, inherited: false })) }
    : { kind: 'invalid-input', errors: combined };
};

/** The kinds of service in which this value would be no error. */
const kindsWithout = ({ pointer }: InputError, fields: Fields, kinds: readonly Kind[]): readonly Kind[] =>
  kinds.filter(({ shape }) => {
    const [field = '', ...inner] = pathOf(pointer);
    if (!Object.hasOwn(shape, field)) return false;
    const read = readInput(shape[field] as z.ZodType, fields[field]);
    return read.ok || !read.refusal.some((error) => error.pointer === pointerTo(inner));
  });

const asCombination = (
  error: InputError,
  fields: Fields,
  elsewhere: readonly Kind[],
  kinds: readonly Kind[],
): InputError => {
  const path = pathOf(error.pointer);
  const name = path.join('.');
  const kind = kindAmong(kinds, fields);
  const chosen = kind === undefined ? `layer ${shown(fields['layer'])}` : nameOf(kind);
  const instead = listed(elsewhere, fields, kind);
  if (kind !== undefined && !Object.hasOwn(kind.shape, path[0] ?? ''))
    return { ...error, detail: `${name} does not exist in ${chosen}`, expected: `no ${name}, or ${instead}` };
  const value = valueAt(fields, path);
  const detail =
    value === undefined ? `${name} is required in ${chosen}` : `${name} ${shown(value)} cannot stand in ${chosen}`;
  return { ...error, detail, expected: `${error.expected ?? 'another value'}; or ${instead}` };
};

/**
 * What would be right nearby is the better advice: another action, or else another mode. The layer of a service is fixed for
 * life, so another layer comes last.
 */
const listed = (kinds: readonly Kind[], { layer, mode }: Fields, chosen: Kind | undefined): string => {
  const near = kinds.filter(({ shape }) => shape.layer.value === layer);
  const nearest = chosen === undefined ? [] : near.filter(({ shape }) => shape.mode.value === mode);
  if (nearest.length > 0) return nearest.map(actionOf).join(', ');
  return (near.length > 0 ? near : kinds).map(nameOf).join(', ');
};

const nameOf = (kind: Kind): string => {
  const { layer, mode, action } = kind.shape;
  const isUsual = action === undefined || action.safeParse(undefined).success;
  return `layer ${layer.value} mode "${mode.value}"${isUsual ? '' : ` ${actionOf(kind)}`}`;
};

const actionOf = ({ shape }: Kind): string => {
  const action = shape['action']?._zod.values ?? [];
  return `action ${[...action]
    .filter((value) => value !== undefined)
    .map(shown)
    .join(', ')}`;
};

const pathOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));

const valueAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Fields | undefined)?.[key], value);
