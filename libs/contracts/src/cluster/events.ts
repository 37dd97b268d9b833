import * as z from 'zod';
import { RealServerId, Revision, VirtualServiceId } from '../ids.ts';
import { Label } from '../values.ts';
import { Timestamp } from '../values.ts';
import { DrainClients, HaltConnections, RealServerSpec } from './real-server.ts';
import { ClusterSettings } from './settings.ts';
import { CertificateFacts } from './certificate.ts';
import { SecretFacts } from './secret.ts';
import { VirtualServiceSpec } from './virtual-service.ts';

// Facts, stored for ever: never edit a schema. A new optional field with a default is an upcast by itself;
// anything else is a new kind and an upcast from the old one.

/**
 * A number beside each id, counted up in its cluster and never given to another thing. HAProxy ids, names, cookies and
 * connection marks come from it: they must be small, equal on all nodes, and survive a change of label.
 */
const number = z.int().min(1);

export const VirtualServiceAdded = z.strictObject({
  kind: z.literal('VirtualServiceAdded'),
  virtualServiceId: VirtualServiceId,
  number,
  service: VirtualServiceSpec,
  duplicatedFrom: VirtualServiceId.optional(),
});

/** Carries the whole service after the change, so that folding needs no merge. `changed` names the top-level fields. */
export const VirtualServiceModified = z.strictObject({
  kind: z.literal('VirtualServiceModified'),
  virtualServiceId: VirtualServiceId,
  changed: z.array(z.string()).min(1),
  service: VirtualServiceSpec,
});

/** Its real servers go with it. */
export const VirtualServiceRemoved = z.strictObject({
  kind: z.literal('VirtualServiceRemoved'),
  virtualServiceId: VirtualServiceId,
});
export const VirtualServiceEnabled = z.strictObject({
  kind: z.literal('VirtualServiceEnabled'),
  virtualServiceId: VirtualServiceId,
});
export const VirtualServiceDisabled = z.strictObject({
  kind: z.literal('VirtualServiceDisabled'),
  virtualServiceId: VirtualServiceId,
});

export const RealServerAdded = z.strictObject({
  kind: z.literal('RealServerAdded'),
  virtualServiceId: VirtualServiceId,
  realServerId: RealServerId,
  number,
  realServer: RealServerSpec,
});
export const RealServerModified = z.strictObject({
  kind: z.literal('RealServerModified'),
  realServerId: RealServerId,
  changed: z.array(z.string()).min(1),
  realServer: RealServerSpec,
});
export const RealServerRemoved = z.strictObject({ kind: z.literal('RealServerRemoved'), realServerId: RealServerId });

export const RealServerDrainStarted = z.strictObject({
  kind: z.literal('RealServerDrainStarted'),
  realServerId: RealServerId,
  clients: DrainClients,
  /** When open connections are shut; absent for a drain without an end. */
  deadline: Timestamp.optional(),
  /** When it comes back online by itself. */
  until: Timestamp.optional(),
});
export const RealServerHalted = z.strictObject({
  kind: z.literal('RealServerHalted'),
  realServerId: RealServerId,
  connections: HaltConnections,
  until: Timestamp.optional(),
});
export const RealServerBroughtOnline = z.strictObject({
  kind: z.literal('RealServerBroughtOnline'),
  realServerId: RealServerId,
});

/** Says where the other events of its commit come from. */
export const BlueprintInstantiated = z.strictObject({
  kind: z.literal('BlueprintInstantiated'),
  name: z.string(),
  version: z.int(),
  parameters: z.record(z.string(), z.json()),
});

/** The other events of its commit take back what that revision did. What they add again has its old id and number. */
export const CommitReverted = z.strictObject({ kind: z.literal('CommitReverted'), revision: Revision });

/** Carries all settings after the change. */
export const ClusterSettingsChanged = z.strictObject({
  kind: z.literal('ClusterSettingsChanged'),
  changed: z.array(z.string()).min(1),
  settings: ClusterSettings,
});

/** Facts only: the key and the chain are sealed in a store of their own, by `material`. */
export const CertificateStored = z.strictObject({
  kind: z.literal('CertificateStored'),
  certificate: Label,
  facts: CertificateFacts,
});
export const CertificateReplaced = z.strictObject({
  kind: z.literal('CertificateReplaced'),
  certificate: Label,
  facts: CertificateFacts,
});
export const CertificateRemoved = z.strictObject({ kind: z.literal('CertificateRemoved'), certificate: Label });

/** Never the value: that is sealed in the same store, by `material`. */
export const SecretStored = z.strictObject({ kind: z.literal('SecretStored'), secret: Label, facts: SecretFacts });
export const SecretReplaced = z.strictObject({ kind: z.literal('SecretReplaced'), secret: Label, facts: SecretFacts });
export const SecretRemoved = z.strictObject({ kind: z.literal('SecretRemoved'), secret: Label });

export const ClusterEvent = z
  .discriminatedUnion('kind', [
    VirtualServiceAdded,
    VirtualServiceModified,
    VirtualServiceRemoved,
    VirtualServiceEnabled,
    VirtualServiceDisabled,
    RealServerAdded,
    RealServerModified,
    RealServerRemoved,
    RealServerDrainStarted,
    RealServerHalted,
    RealServerBroughtOnline,
    BlueprintInstantiated,
    CommitReverted,
    ClusterSettingsChanged,
    CertificateStored,
    CertificateReplaced,
    CertificateRemoved,
    SecretStored,
    SecretReplaced,
    SecretRemoved,
  ])
  .meta({ id: 'ClusterEvent' });
export type ClusterEvent = z.infer<typeof ClusterEvent>;
