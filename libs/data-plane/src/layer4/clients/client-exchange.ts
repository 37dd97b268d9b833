import type { ClientTies, NodeName } from '@evenkeel/contracts';

/** The other nodes of the cluster. Best effort: nothing here fails or waits, and what is lost is a client's habit. */
export interface ClientExchange {
  /** Undefined while the bus is away; another number after each time that it was. */
  readonly session: number | undefined;
  /** To all of them. */
  tell(ties: ClientTies): void;
  /** To the one that has asked. */
  answer(node: NodeName, ties: ClientTies): void;
  /** Asks all of them for everything that they know. */
  ask(): void;
}
