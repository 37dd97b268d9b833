import type { NodeName } from '@evenkeel/contracts';
import type { Heartbeat } from './heartbeat.ts';
import type { Lease } from './lease.ts';

/** What a node learns. `attempt` and `sentAt` come back as they were in the action that asked. */
export type ElectionEvent =
  | { readonly kind: 'tick' }
  /** Its signature was right, and it is for this cluster and group. */
  | { readonly kind: 'heard'; readonly heartbeat: Heartbeat }
  | { readonly kind: 'ping-answered'; readonly target: string; readonly sentAt: number }
  /** Another machine answers for the addresses. */
  | { readonly kind: 'probe-answered'; readonly by: string }
  /** No probe could be sent: what nobody asked proves no silence. */
  | { readonly kind: 'probe-failed' }
  /** Another node was seen to probe for the addresses. */
  | { readonly kind: 'rival-seen'; readonly node: NodeName }
  | { readonly kind: 'armed'; readonly attempt: number; readonly isDone: boolean }
  | { readonly kind: 'activated'; readonly attempt: number; readonly isDone: boolean }
  /** Not done: the kernel's time was up before. */
  | { readonly kind: 'extended'; readonly isDone: boolean }
  | { readonly kind: 'muted' }
  | { readonly kind: 'lease-seen'; readonly lease: Lease }
  /** After what was seen of it. */
  | { readonly kind: 'lease-answered'; readonly attempt: number; readonly isTaken: boolean }
  /** NATS answered anything at all. */
  | { readonly kind: 'nats-answered' }
  | { readonly kind: 'make-active'; readonly force: boolean }
  | { readonly kind: 'maintenance'; readonly isOn: boolean }
  /** Whether the configuration has been read as far as that of the others. */
  | { readonly kind: 'readiness'; readonly isReady: boolean };
