import * as z from 'zod';

/** Ids are UUIDs, made once and never reused. Branded: one kind never passes for another. */
export const VirtualServiceId = z.uuid().brand<'VirtualServiceId'>();
export type VirtualServiceId = z.infer<typeof VirtualServiceId>;

export const RealServerId = z.uuid().brand<'RealServerId'>();
export type RealServerId = z.infer<typeof RealServerId>;

export const CommitId = z.uuid().brand<'CommitId'>();
export type CommitId = z.infer<typeof CommitId>;

/** The number of a commit in its log: 1, 2, 3 … without gaps. 0 is the state before the first commit. */
export const Revision = z.int().min(0).brand<'Revision'>();
export type Revision = z.infer<typeof Revision>;
export const noRevision = 0 as Revision;

const slug = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** A cluster's name is part of NATS subjects and of log names, hence the narrow alphabet. */
export const ClusterName = z
  .string()
  .regex(slug, 'lower-case letters, digits and hyphens, 1 to 63')
  .brand<'ClusterName'>();
export type ClusterName = z.infer<typeof ClusterName>;

/** One proxy node. Part of NATS subjects and of HAProxy's peers section. */
export const NodeName = z.string().regex(slug, 'lower-case letters, digits and hyphens, 1 to 63').brand<'NodeName'>();
export type NodeName = z.infer<typeof NodeName>;
