import * as z from 'zod';
import { Actor } from '../book/commit.ts';
import { HaEvidence, HaGroupName, HaRole } from '../ha/status.ts';
import { NodeName } from '../ids.ts';
import { Address, Reason, Ticket } from '../values.ts';
import { said } from './said.ts';

// What nodes write about who answers for the addresses.

/** The rules that let a node take the addresses, and let go of them; then what its supervisor does for it. */
export const RoleCause = z.enum([
  'alone',
  'consent',
  'silence',
  'majority',
  'called',
  'maintenance',
  'gateway-lost',
  'no-proof',
  'outranked',
  'lease-lost',
  'kernel-refused',
  'agent-ended',
  'stopped',
]);
export type RoleCause = z.infer<typeof RoleCause>;

const addresses = z.array(Address).max(256);

/** This node took the addresses, or let go of them. */
export const RoleChanged = z.strictObject({
  kind: z.literal('role-changed'),
  ...said,
  group: HaGroupName,
  from: HaRole,
  to: HaRole,
  epoch: z.int().min(0),
  cause: RoleCause,
  /** Who they go to, where this node knows it. */
  goesTo: NodeName.optional(),
  addresses,
  /** What it went by, at that moment. */
  evidence: HaEvidence,
});

/** Another machine answers for the addresses of a node that is alone. */
export const AddressInUse = z.strictObject({
  kind: z.literal('address-in-use'),
  ...said,
  group: HaGroupName,
  addresses,
  /** Its hardware address. */
  by: z.string().max(64),
});

/** Somebody wanted something of this node, and what came of it. */
export const HaAsked = z.strictObject({
  kind: z.literal('ha-asked'),
  ...said,
  group: HaGroupName,
  wish: z.enum(['make-active', 'maintenance-on', 'maintenance-off']),
  outcome: z.enum(['done', 'refused', 'not-in-time', 'unanswered']),
  actor: Actor,
  reason: Reason.optional(),
  ticket: Ticket.optional(),
});
