import { type Layer4Ability } from '@evenkeel/contracts';
import { type NftCommand } from './nft-command.ts';
import { type ConnectionEnding, type UsedPath } from './connection-path.ts';
import { type Family } from './ruleset.ts';
import { type RememberedClients, type RunningLayer4 } from './running.ts';

/** The kernel would not have a transaction; `words` are nft's own. Nothing of it was done. */
export class NftRefused extends Error {
  override readonly name = 'NftRefused';

  constructor(readonly words: string) {
    super(`nft refused: ${words}`);
  }
}

/** The kernel's packet filter and its connections in one family. Every method throws when the tools fail or stay silent. */
export interface Nftables {
  readonly family: Family;

  /** Whether this process can serve layer 4 here; tried with a ruleset that uses everything, not guessed. Changes nothing. */
  ability(): Promise<Layer4Ability>;

  /** Whether the kernel passes on what is not for itself. A setting of the door may allow it to switch that on. */
  isForwarding(): Promise<boolean>;

  /** Our table as it is; undefined when there is none. */
  observe(): Promise<RunningLayer4 | undefined>;

  /** The remembered clients of these real servers; a server without a set is left out. */
  clients(servers: readonly number[]): Promise<RememberedClients>;

  /** All commands or none, at one instant. Throws `NftRefused`. Repeating a transaction is not safe: observe again first. */
  apply(transaction: readonly NftCommand[]): Promise<void>;

  /** Where the connections are that we have sent to real servers. */
  connections(): Promise<readonly UsedPath[]>;

  /** The kernel forgets these connections: the client's next packet is a new one. Safe to repeat. */
  end(endings: readonly ConnectionEnding[]): Promise<void>;
}
