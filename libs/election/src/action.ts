import type { NodeName } from '@evenkeel/contracts';
import type { Heartbeat } from './heartbeat.ts';
import type { Lease } from './lease.ts';
import type { News } from './news.ts';

/** What a node does, in this order, one after the other. Each that the kernel or NATS answers comes back as an event. */
export type Action =
  | { readonly kind: 'send'; readonly to: NodeName; readonly heartbeat: Heartbeat }
  /** Asks every ping node. */
  | { readonly kind: 'ping'; readonly sentAt: number }
  /** Asks in the segment who answers for the addresses. */
  | { readonly kind: 'probe' }
  /** A ticket of the kernel that ends after `forMs`. */
  | { readonly kind: 'arm'; readonly attempt: number; readonly forMs: number }
  /** Takes the ticket and answers for the addresses, for `forMs` (without: for good); not without a ticket. */
  | {
      readonly kind: 'activate';
      readonly attempt: number;
      readonly epoch: number;
      readonly forMs: number | undefined;
    }
  /** From now on for `forMs`; not when the time is up. */
  | { readonly kind: 'extend'; readonly forMs: number }
  /** Stops to answer for the addresses, and takes the ticket away. */
  | { readonly kind: 'mute' }
  /** On disk. */
  | { readonly kind: 'store'; readonly epoch: number }
  | { readonly kind: 'claim'; readonly attempt: number; readonly lease: Lease }
  /** Tells the segment where the addresses are. */
  | { readonly kind: 'announce' }
  | { readonly kind: 'tell'; readonly news: News };
