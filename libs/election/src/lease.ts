import type { NodeName } from '@evenkeel/contracts';
import type { Boot } from './heartbeat.ts';

/** The group's record in NATS. It gives epochs and a veto; it is never needed to take over. */
export type Lease = {
  /** Of the bucket's entry; 0 while there is none. */
  readonly revision: number;
  /** Nobody, when the last holder gave it back. */
  readonly holder: { readonly node: NodeName; readonly boot: Boot } | undefined;
  readonly epoch: number;
};
