import type * as z from 'zod';
import { RealServerSpec } from './real-server.ts';
import { type ServiceKind, serviceKindOf, serviceKinds, type VirtualServiceSpec } from './virtual-service.ts';

/**
 * A stored service with the defaults of the fields that came after it was stored: stored events are not parsed. The same
 * object when it lacks none.
 */
export const completeService = (stored: VirtualServiceSpec): VirtualServiceSpec => {
  const kind = serviceKindOf(stored);
  return kind === undefined ? stored : complete(stored, defaultsOf(kind));
};

/** The same for a real server. */
export const completeRealServer = (stored: RealServerSpec): RealServerSpec => complete(stored, realServerDefaults);

/** What the fields of this kind say when nobody says anything; without those that have no default. */
export const defaultsOf = (kind: ServiceKind): Defaults => serviceDefaults.get(kind) ?? new Map<string, unknown>();

type Defaults = ReadonlyMap<string, unknown>;

const complete = <Spec extends object>(stored: Spec, defaults: Defaults): Spec => {
  const missing = [...defaults].filter(([field]) => !Object.hasOwn(stored, field));
  return missing.length === 0 ? stored : { ...Object.fromEntries(missing), ...stored };
};

const defaultsIn = (shape: Readonly<Record<string, z.ZodType>>): Defaults =>
  new Map(
    Object.entries(shape).flatMap(([field, schema]) => {
      const { data } = schema.safeParse(undefined);
      return data === undefined ? [] : [[field, data] as const];
    }),
  );

const serviceDefaults = new Map<ServiceKind, Defaults>(serviceKinds.map((kind) => [kind, defaultsIn(kind.shape)]));
const realServerDefaults = defaultsIn(RealServerSpec.shape);
