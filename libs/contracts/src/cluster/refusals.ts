import * as z from 'zod';
import { RealServerId, Revision, VirtualServiceId } from '../ids.ts';
import { Timestamp } from '../values.ts';

/**
 * One thing wrong with an input: where (RFC 6901 pointer), what, and what would be right. A rule points into the document
 * that the caller wrote: the service with its `realServers`, the merge patch, the overrides, the parameters, the
 * configuration.
 */
export const InputError = z.strictObject({
  pointer: z.string(),
  detail: z.string(),
  expected: z.string().optional(),
});
export type InputError = z.infer<typeof InputError>;

const service = { virtualServiceId: VirtualServiceId, label: z.string() };

/** A service that would have too few available real servers left. What processes of old did not say has a default. */
const short = z.strictObject({
  ...service,
  /** Labels of those that would stay available. */
  left: z.array(z.string()).default([]),
  /** How many must be. */
  least: z.int().min(1).default(1),
  /** Out of so many real servers. */
  of: z.int().min(0).default(0),
});
export type ShortService = z.infer<typeof short>;

/** Where the thing is in a document of many things (RFC 6901 pointer); absent where there is only one. */
const at = z.string().optional();

/** Named reasons why not, with the facts that a caller needs to act on. The gateway turns them into problem documents. */
export const ClusterRefusal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('invalid-input'), errors: z.array(InputError).min(1) }),
  /** Fields that are each right and cannot stand together. `inherited`: the field came from the source of a duplicate. */
  z.strictObject({
    kind: z.literal('invalid-combination'),
    errors: z.array(InputError.extend({ inherited: z.boolean().default(false) })).min(1),
  }),
  z.strictObject({ kind: z.literal('unknown-virtual-service'), virtualServiceId: VirtualServiceId }),
  z.strictObject({ kind: z.literal('unknown-real-server'), realServerId: RealServerId }),
  /** `near`: addresses of machines that exist. */
  z.strictObject({ kind: z.literal('unknown-machine'), address: z.string(), near: z.array(z.string()) }),
  z.strictObject({ kind: z.literal('unknown-blueprint'), name: z.string(), known: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal('address-and-port-in-use'),
    address: z.string(),
    port: z.int(),
    transport: z.enum(['tcp', 'udp']),
    holder: z.strictObject(service),
    /** The field came from the source of a duplicate. */
    inherited: z.boolean(),
    at,
  }),
  z.strictObject({ kind: z.literal('port-reserved'), port: z.int(), usedFor: z.string(), at }),
  z.strictObject({ kind: z.literal('label-in-use'), label: z.string(), within: z.string(), at }),
  z.strictObject({
    kind: z.literal('duplicate-real-server'),
    address: z.string(),
    port: z.union([z.literal('inherit'), z.int()]),
    holder: z.strictObject({ realServerId: RealServerId.optional(), label: z.string() }),
    at,
  }),
  /** Available servers would go from some to none in at least one of `services`; in the others below their watermark. */
  z.strictObject({ kind: z.literal('last-available-real-server'), services: z.array(short).min(1) }),
  /** Each of `services` would keep some, and fewer than its `availability` wants. */
  z.strictObject({ kind: z.literal('below-watermark'), services: z.array(short).min(1) }),
  z.strictObject({
    kind: z.literal('still-followed'),
    virtualServiceId: VirtualServiceId,
    followers: z.array(z.strictObject(service)).min(1),
  }),
  /** A content rule of each of `users` names this service, or this real server of its own. */
  z.strictObject({
    kind: z.literal('still-routed-to'),
    ...service,
    realServer: z.string().optional(),
    users: z.array(z.strictObject(service)).min(1),
  }),
  /** `known`: the names that there are. */
  z.strictObject({ kind: z.literal('unknown-certificate'), certificate: z.string(), known: z.array(z.string()) }),
  z.strictObject({
    kind: z.literal('certificate-in-use'),
    certificate: z.string(),
    users: z.array(z.strictObject(service)).min(1),
  }),
  z.strictObject({ kind: z.literal('unknown-secret'), secret: z.string(), known: z.array(z.string()) }),
  /** The check of each of `users` signs in with it. */
  z.strictObject({
    kind: z.literal('secret-in-use'),
    secret: z.string(),
    users: z.array(z.strictObject(service)).min(1),
  }),
  z.strictObject({
    kind: z.literal('not-up'),
    realServers: z.array(z.strictObject({ realServerId: RealServerId, verdict: z.string() })).min(1),
  }),
  /** A real server can be away until a time that is ahead, and not too far. */
  z.strictObject({ kind: z.literal('until-unfit'), until: Timestamp, after: Timestamp, latest: Timestamp }),
  z.strictObject({ kind: z.literal('stale-version'), present: Revision, given: Revision }),
  /** A real server would have an address that a virtual service listens on; that one has no id yet when it is the new one. */
  z.strictObject({
    kind: z.literal('address-loop'),
    address: z.string(),
    virtualService: z.strictObject({ ...service, virtualServiceId: VirtualServiceId.optional() }),
    at,
  }),
  /** The document declares a service that another scope has already, at the same address and port. */
  z.strictObject({ kind: z.literal('owned-by-another-scope'), ...service, scope: z.string(), at }),
  /** An apply would remove more of its scope than the settings allow at once. */
  z.strictObject({
    kind: z.literal('mass-removal'),
    services: z.strictObject({ removed: z.int(), most: z.int() }),
    realServers: z.strictObject({ removed: z.int(), most: z.int() }),
  }),
  z.strictObject({ kind: z.literal('unknown-revision'), revision: Revision, head: Revision }),
  /**
   * What the commit did cannot be taken back without taking back what came later. `things`: with the fields that have
   * changed since; none when the thing itself has come or gone. `by`: later commits that touched them, oldest first.
   */
  z.strictObject({
    kind: z.literal('changed-since'),
    revision: Revision,
    things: z.array(z.strictObject({ label: z.string(), fields: z.array(z.string()) })).min(1),
    by: z.array(Revision),
  }),
  /** `force` was used without saying why, or the settings want it said. */
  z.strictObject({
    kind: z.literal('reason-required'),
    missing: z.enum(['reason', 'ticket']),
    because: z.string(),
  }),
  z.strictObject({ kind: z.literal('idempotency-key-reused'), key: z.string() }),
]);
export type ClusterRefusal = z.infer<typeof ClusterRefusal>;
export type ClusterRefusalOf<Kind extends ClusterRefusal['kind']> = Extract<ClusterRefusal, { kind: Kind }>;
