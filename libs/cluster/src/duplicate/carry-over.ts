import { type DuplicateReview, type ServiceKind, serviceKindOf, type VirtualServiceSpec } from '@evenkeel/contracts';
import type { Fields } from '../merge-patch.ts';

/** What a duplicate starts from, before its overrides. */
export type CarriedOver = { readonly fields: Fields } & Pick<DuplicateReview, 'dropped' | 'adjusted'>;

/**
 * The source's fields, as far as `mode` has them. A timeout that is the default of the source's mode becomes the default
 * of the new one: nobody chose 5 minutes for DICOM by copying a web service, and nobody wants a study cut in the middle.
 * A timeout that somebody did choose is carried over.
 */
export const carriedOver = (source: VirtualServiceSpec, mode: unknown): CarriedOver => {
  const [old, kind] = [serviceKindOf(source.layer, source.mode), serviceKindOf(source.layer, mode)];
  if (old === undefined || kind === undefined || kind === old) return { fields: source, dropped: [], adjusted: [] };
  const fields = Object.entries(source) as [string, Dropped['value']][];
  const dropped = fields
    .filter(([field]) => !Object.hasOwn(kind.shape, field))
    .map(([field, value]) => ({ field, value }));
  const kept = Object.fromEntries(fields.filter(([field]) => Object.hasOwn(kind.shape, field)));
  const adjusted = adjustedTimeouts(source, old, kind);
  const timeouts = { ...timeoutsOf(source), ...Object.fromEntries(adjusted.map(({ name, to }) => [name, to])) };
  return {
    fields: 'timeouts' in kept ? { ...kept, timeouts } : kept,
    dropped,
    adjusted: adjusted.map(({ name, from, to }) => ({ field: `timeouts.${name}`, from, to })),
  };
};

type Dropped = DuplicateReview['dropped'][number];
type Timeouts = Readonly<Record<string, string>>;

const adjustedTimeouts = (source: VirtualServiceSpec, old: ServiceKind, kind: ServiceKind) => {
  const [before, after] = [usualTimeouts(old), usualTimeouts(kind)];
  return Object.entries(timeoutsOf(source)).flatMap(([name, from]) => {
    const to = after[name];
    return to === undefined || from !== before[name] || from === to ? [] : { name, from, to };
  });
};

const timeoutsOf = (spec: VirtualServiceSpec): Timeouts => ('timeouts' in spec ? spec.timeouts : {});

const usualTimeouts = ({ shape }: ServiceKind): Timeouts =>
  'timeouts' in shape ? shape.timeouts.parse(undefined) : {};
