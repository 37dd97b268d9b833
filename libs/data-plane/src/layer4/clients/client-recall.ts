import type { Revision } from '@evenkeel/contracts';
import type { Layer4Desired } from '../desired.ts';
import type { RememberedClients } from '../running.ts';

/** Somebody who still knows the clients of a set that is gone, and must know who may be remembered at all. */
export interface ClientRecall {
  /** These services are served from now on, by the book at `revision`. Of real servers that keep no clients nothing stays. */
  serve(services: readonly Layer4Desired[], revision: Revision): void;
  /** What is known of these real servers' clients, with the time that is left to each. */
  recall(servers: readonly number[]): RememberedClients;
}

export const noRecall: ClientRecall = { serve: () => undefined, recall: () => new Map() };
