import * as z from 'zod';
import { Hash } from '../book/commit.ts';
import { RealServerId, Revision, VirtualServiceId } from '../ids.ts';
import { Timestamp } from '../values.ts';
import { CertificateState } from './certificate.ts';
import { DrainClients, HaltConnections, RealServerSpec } from './real-server.ts';
import { SecretState } from './secret.ts';
import { ClusterSettings } from './settings.ts';
import { VirtualServiceSpec } from './virtual-service.ts';

/** Intent with what belongs to it. */
export const IntentState = z
  .discriminatedUnion('intent', [
    z.strictObject({ intent: z.literal('online') }),
    z.strictObject({
      intent: z.literal('drain'),
      clients: DrainClients,
      /** When open connections are shut; absent for a drain without an end. */
      deadline: Timestamp.optional(),
      /** When it comes back online by itself; absent where an operator has to do that. */
      until: Timestamp.optional(),
    }),
    z.strictObject({ intent: z.literal('halt'), connections: HaltConnections, until: Timestamp.optional() }),
  ])
  .meta({ id: 'IntentState' });
export type IntentState = z.infer<typeof IntentState>;

export const VirtualServiceState = z.strictObject({
  id: VirtualServiceId,
  number: z.int().min(1),
  spec: VirtualServiceSpec,
  enabled: z.boolean(),
  /** Who disabled it, when and why; absent while enabled. */
  disabled: z.strictObject({ by: z.string(), since: Timestamp, reason: z.string().optional() }).optional(),
  duplicatedFrom: VirtualServiceId.optional(),
  /** The revision that last touched the service itself: its ETag. */
  version: Revision,
});
export type VirtualServiceState = z.infer<typeof VirtualServiceState>;

export const RealServerState = z.strictObject({
  id: RealServerId,
  virtualServiceId: VirtualServiceId,
  number: z.int().min(1),
  spec: RealServerSpec,
  intent: IntentState,
  /** Who set the intent, why and when; the start of a real server counts as its first. */
  intentSince: Timestamp,
  intentBy: z.string(),
  intentReason: z.string().optional(),
  /** The commit that set it; absent in snapshots of old. */
  intentRevision: Revision.optional(),
  version: Revision,
});
export type RealServerState = z.infer<typeof RealServerState>;

export const ClusterSettingsState = z.strictObject({
  spec: ClusterSettings,
  /** The revision that last touched them: their ETag. */
  version: Revision,
});
export type ClusterSettingsState = z.infer<typeof ClusterSettingsState>;

/** The whole cluster at one revision, as plain data: for rebuilding without the history. Order is by `number`. */
export const ClusterSnapshot = z.strictObject({
  format: z.literal(1),
  revision: Revision,
  /** Hash of the commit with that revision, so that the next one can be checked. */
  hash: Hash,
  nextNumber: z.int().min(1),
  virtualServices: z.array(VirtualServiceState),
  realServers: z.array(RealServerState),
  /** Absent while nobody has set any. */
  settings: ClusterSettingsState.optional(),
  /** In the order of their names; absent while there are none. */
  certificates: z.array(CertificateState).optional(),
  /** The same. */
  secrets: z.array(SecretState).optional(),
});
export type ClusterSnapshot = z.infer<typeof ClusterSnapshot>;
