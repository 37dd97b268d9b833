import * as z from 'zod';
import { RealServerId, Revision, VirtualServiceId } from '../ids.ts';
import { Address, durationBetween, Label, Timestamp } from '../values.ts';
import { DrainClients, HaltConnections, RealServerSpec } from './real-server.ts';
import { CertificateFacts } from './certificate.ts';
import { SecretFacts } from './secret.ts';
import { VirtualServiceSpec } from './virtual-service.ts';

/**
 * A JSON merge patch (RFC 7396) over the present values. It is checked after the merge, by the rule that knows them:
 * only then can a message say which inherited field does not fit.
 */
export const MergePatch = z.record(z.string().max(64), z.json());
export type MergePatch = z.infer<typeof MergePatch>;

/** At the most this many real servers in one virtual service. */
export const realServersMax = 512;

/** Passes `last-available-real-server` and `below-watermark`; the commit must then carry a reason. */
const force = z.boolean().default(false);

export const AddVirtualService = z.strictObject({
  kind: z.literal('AddVirtualService'),
  service: VirtualServiceSpec,
  realServers: z.array(RealServerSpec).max(realServersMax).default([]),
});
export type AddVirtualService = z.infer<typeof AddVirtualService>;

export const ModifyVirtualService = z.strictObject({
  kind: z.literal('ModifyVirtualService'),
  virtualServiceId: VirtualServiceId,
  changes: MergePatch,
});
export type ModifyVirtualService = z.infer<typeof ModifyVirtualService>;

/** A new service like `source`, real servers included, with some fields changed. */
export const DuplicateVirtualService = z.strictObject({
  kind: z.literal('DuplicateVirtualService'),
  source: VirtualServiceId,
  label: Label,
  overrides: MergePatch.default({}),
});
export type DuplicateVirtualService = z.infer<typeof DuplicateVirtualService>;

export const RemoveVirtualService = z.strictObject({
  kind: z.literal('RemoveVirtualService'),
  virtualServiceId: VirtualServiceId,
});
export type RemoveVirtualService = z.infer<typeof RemoveVirtualService>;

export const EnableVirtualService = z.strictObject({
  kind: z.literal('EnableVirtualService'),
  virtualServiceId: VirtualServiceId,
});
export type EnableVirtualService = z.infer<typeof EnableVirtualService>;

export const DisableVirtualService = z.strictObject({
  kind: z.literal('DisableVirtualService'),
  virtualServiceId: VirtualServiceId,
});
export type DisableVirtualService = z.infer<typeof DisableVirtualService>;

export const AddRealServer = z.strictObject({
  kind: z.literal('AddRealServer'),
  virtualServiceId: VirtualServiceId,
  realServer: RealServerSpec,
});
export type AddRealServer = z.infer<typeof AddRealServer>;

export const ModifyRealServer = z.strictObject({
  kind: z.literal('ModifyRealServer'),
  realServerId: RealServerId,
  changes: MergePatch,
  force,
});
export type ModifyRealServer = z.infer<typeof ModifyRealServer>;

export const RemoveRealServer = z.strictObject({
  kind: z.literal('RemoveRealServer'),
  realServerId: RealServerId,
  force,
});
export type RemoveRealServer = z.infer<typeof RemoveRealServer>;

/** How long open connections may go on. */
export const DrainDeadline = durationBetween('1s', '7d');

/** `deadline`: from now on; what is still open then is shut. `until`: when it comes back online by itself. */
const drainWish = {
  clients: DrainClients.default('keep'),
  deadline: DrainDeadline.optional(),
  until: Timestamp.optional(),
  force,
};
const haltWish = { connections: HaltConnections.default('close'), until: Timestamp.optional(), force };
/** `whenUp`: refuse unless the last verdict is `up`. */
const onlineWish = { whenUp: z.boolean().default(false) };

export const DrainRealServer = z.strictObject({
  kind: z.literal('DrainRealServer'),
  realServerId: RealServerId,
  ...drainWish,
});
export type DrainRealServer = z.infer<typeof DrainRealServer>;
export const HaltRealServer = z.strictObject({
  kind: z.literal('HaltRealServer'),
  realServerId: RealServerId,
  ...haltWish,
});
export type HaltRealServer = z.infer<typeof HaltRealServer>;
/**
 * Halts a real server whose drain has come to its deadline, and shuts what is left of its connections. `config` wishes it
 * for itself; where the drain was changed or ended in the meantime it changes nothing.
 */
export const EndDrain = z.strictObject({ kind: z.literal('EndDrain'), realServerId: RealServerId });
export type EndDrain = z.infer<typeof EndDrain>;
/** Brings a real server online that was drained or halted `until` now; otherwise as `EndDrain`. */
export const EndAbsence = z.strictObject({ kind: z.literal('EndAbsence'), realServerId: RealServerId });
export type EndAbsence = z.infer<typeof EndAbsence>;
export const BringRealServerOnline = z.strictObject({
  kind: z.literal('BringRealServerOnline'),
  realServerId: RealServerId,
  ...onlineWish,
});
export type BringRealServerOnline = z.infer<typeof BringRealServerOnline>;

/** A machine is every real server at one address, in all services and both layers: one wish, one commit, all or nothing. */
export const DrainMachine = z.strictObject({ kind: z.literal('DrainMachine'), address: Address, ...drainWish });
export type DrainMachine = z.infer<typeof DrainMachine>;
export const HaltMachine = z.strictObject({ kind: z.literal('HaltMachine'), address: Address, ...haltWish });
export type HaltMachine = z.infer<typeof HaltMachine>;
export const BringMachineOnline = z.strictObject({
  kind: z.literal('BringMachineOnline'),
  address: Address,
  ...onlineWish,
});
export type BringMachineOnline = z.infer<typeof BringMachineOnline>;

/** Parameters are checked by the blueprint itself, which knows their shape. */
export const InstantiateBlueprint = z.strictObject({
  kind: z.literal('InstantiateBlueprint'),
  name: z.string().min(1).max(64),
  version: z.int().min(1),
  parameters: z.record(z.string().max(64), z.json()),
});
export type InstantiateBlueprint = z.infer<typeof InstantiateBlueprint>;

/**
 * Makes one scope what the document says, in one commit. It is checked by the rule: only that knows which labels a check
 * may follow.
 */
export const ApplyConfiguration = z.strictObject({
  kind: z.literal('ApplyConfiguration'),
  /** A `ClusterConfiguration`. */
  document: z.record(z.string().max(64), z.json()),
  /** Remove the services of the scope that the document does not name. */
  prune: z.boolean().default(false),
  /** Passes `mass-removal` as well. */
  force,
});
export type ApplyConfiguration = z.infer<typeof ApplyConfiguration>;

/** A new commit that takes back what an old one did. */
export const RevertCommit = z.strictObject({ kind: z.literal('RevertCommit'), revision: Revision, force });
export type RevertCommit = z.infer<typeof RevertCommit>;

export const SetClusterSettings = z.strictObject({ kind: z.literal('SetClusterSettings'), changes: MergePatch });
export type SetClusterSettings = z.infer<typeof SetClusterSettings>;

/** New, or in the place of the one that has the name. Its sealed material is in the store by then. */
export const StoreCertificate = z.strictObject({
  kind: z.literal('StoreCertificate'),
  certificate: Label,
  facts: CertificateFacts,
});
export type StoreCertificate = z.infer<typeof StoreCertificate>;

export const RemoveCertificate = z.strictObject({ kind: z.literal('RemoveCertificate'), certificate: Label });
export type RemoveCertificate = z.infer<typeof RemoveCertificate>;

/** The same for a secret: a name, and what is sealed in the store by then. */
export const StoreSecret = z.strictObject({ kind: z.literal('StoreSecret'), secret: Label, facts: SecretFacts });
export type StoreSecret = z.infer<typeof StoreSecret>;

export const RemoveSecret = z.strictObject({ kind: z.literal('RemoveSecret'), secret: Label });
export type RemoveSecret = z.infer<typeof RemoveSecret>;

export const ClusterCommand = z.discriminatedUnion('kind', [
  AddVirtualService,
  ModifyVirtualService,
  DuplicateVirtualService,
  RemoveVirtualService,
  EnableVirtualService,
  DisableVirtualService,
  AddRealServer,
  ModifyRealServer,
  RemoveRealServer,
  DrainRealServer,
  HaltRealServer,
  EndDrain,
  EndAbsence,
  BringRealServerOnline,
  DrainMachine,
  HaltMachine,
  BringMachineOnline,
  InstantiateBlueprint,
  ApplyConfiguration,
  RevertCommit,
  SetClusterSettings,
  StoreCertificate,
  RemoveCertificate,
  StoreSecret,
  RemoveSecret,
]);
export type ClusterCommand = z.infer<typeof ClusterCommand>;
export type ClusterCommandOf<Kind extends ClusterCommand['kind']> = Extract<ClusterCommand, { kind: Kind }>;
