import {
  defaultsOf,
  type DuplicateReview,
  type ServiceKind,
  type KindChoice,
  serviceKindOf,
  type VirtualServiceSpec,
} from '@evenkeel/contracts';
import { changedFields } from '../changed-fields.ts';
import type { Fields } from '../merge-patch.ts';

/** What a duplicate starts from, before its overrides. */
export type CarriedOver = { readonly fields: Fields } & Pick<DuplicateReview, 'dropped' | 'adjusted'>;

/**
 * The source's fields, as far as the kind of service that is chosen has them: its layer, and the mode and action of `choice`. A timeout that is the default of the source's mode becomes the default
 * of the new one: nobody chose 5 minutes for DICOM by copying a web service, and nobody wants a study cut in the middle.
 * A timeout that somebody did choose is carried over.
 */
export const carriedOver = (source: VirtualServiceSpec, choice: Pick<KindChoice, 'mode' | 'action'>): CarriedOver => {
  const [old, kind] = [serviceKindOf(source), serviceKindOf({ ...choice, layer: source.layer })];
  if (old === undefined || kind === undefined || kind === old) return { fields: source, dropped: [], adjusted: [] };
  const fields = Object.entries(source) as [string, Dropped['value']][];
  const dropped = fields
    .filter(([field]) => !Object.hasOwn(kind.shape, field))
    .map(([field, value]) => ({ field, value }));
  const kept = Object.fromEntries(fields.filter(([field]) => Object.hasOwn(kind.shape, field)));
  const adjusted = adjustedTimeouts(source, old, kind);
  const timeouts = { ...timeoutsOf(source), ...Object.fromEntries(adjusted.map(({ name, to }) => [name, to])) };
  const fallback = adjustedFallback(source, old, kind);
  return {
    fields: {
      ...('timeouts' in kept ? { ...kept, timeouts } : kept),
      ...Object.fromEntries(fallback.map(({ field, to }) => [field, to])),
    },
    dropped,
    adjusted: [...adjusted.map(({ name, from, to }) => ({ field: `timeouts.${name}`, from, to })), ...fallback],
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

/** A page that nobody chose has no place in mode `tcp`, and a web service that nobody gave a fallback gets the page. */
const adjustedFallback = (source: VirtualServiceSpec, old: ServiceKind, kind: ServiceKind): CarriedOver['adjusted'] => {
  const [from, to] = [defaultsOf(old).get('fallback'), defaultsOf(kind).get('fallback')] as Dropped['value'][];
  const isUnchosen = changedFields(
    { fallback: from },
    { fallback: 'fallback' in source ? source.fallback : undefined },
  );
  return from === undefined || to === undefined || isUnchosen.length > 0 ? [] : [{ field: 'fallback', from, to }];
};

const timeoutsOf = (spec: VirtualServiceSpec): Timeouts => ('timeouts' in spec ? spec.timeouts : {});

const usualTimeouts = ({ shape }: ServiceKind): Timeouts =>
  'timeouts' in shape ? shape.timeouts.parse(undefined) : {};
