import type { NodeName } from '@evenkeel/contracts';

/** Why a node took the addresses. */
export type TakeReason = 'alone' | 'consent' | 'silence' | 'majority';

/** Why it let them go. */
export type LeaveReason =
  | 'called' // an operator wants another node
  | 'maintenance'
  | 'gateway-lost' // another node has it
  | 'no-proof' // nobody consented and no gateway answered until the kernel's time was up
  | 'outranked' // another node is active under a higher epoch
  | 'lease-lost'
  | 'kernel-refused'; // the kernel's time was up before it was told

/** For the journal. */
export type News =
  | {
      readonly kind: 'took-over';
      readonly epoch: number;
      readonly why: TakeReason;
      readonly silentMs: number | undefined;
    }
  | { readonly kind: 'let-go'; readonly epoch: number; readonly why: LeaveReason; readonly to: NodeName | undefined }
  | { readonly kind: 'stood-down'; readonly why: 'ticket-ended' | 'no-right' | 'lease-conflict' }
  | { readonly kind: 'address-in-use'; readonly by: string };
