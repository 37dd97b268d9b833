import { inSpan } from '@evenkeel/bus';
import type { Layer4Ability } from '@evenkeel/contracts';
import {
  type ConnectionEnding,
  type Family,
  type NftCommand,
  NftRefused,
  type Nftables,
  type RememberedClients,
  type RunningLayer4,
  type UsedPath,
} from '@evenkeel/data-plane';
import { type StepKind, type StepResult, stepCounter } from './step-counter.ts';

/** A kernel whose transactions are counted; each is a span in the round that wants it. */
export class ObservedNftables implements Nftables {
  private readonly stepped = stepCounter();

  constructor(private readonly nftables: Nftables) {}

  get family(): Family {
    return this.nftables.family;
  }

  ability(): Promise<Layer4Ability> {
    return this.nftables.ability();
  }

  isForwarding(): Promise<boolean> {
    return this.nftables.isForwarding();
  }

  observe(): Promise<RunningLayer4 | undefined> {
    return this.nftables.observe();
  }

  clients(servers: readonly number[]): Promise<RememberedClients> {
    return this.nftables.clients(servers);
  }

  apply(transaction: readonly NftCommand[]): Promise<void> {
    return this.step('nft-transaction', transaction.length, () => this.nftables.apply(transaction));
  }

  connections(): Promise<readonly UsedPath[]> {
    return this.nftables.connections();
  }

  end(endings: readonly ConnectionEnding[]): Promise<void> {
    return this.step('end-connections', endings.length, () => this.nftables.end(endings));
  }

  private async step(kind: StepKind, size: number, work: () => Promise<void>): Promise<void> {
    let result: StepResult = 'failed';
    try {
      await inSpan(`step ${kind}`, work, () => ({ 'evenkeel.step.size': size }));
      result = 'done';
    } catch (failure) {
      if (failure instanceof NftRefused) result = 'refused';
      throw failure;
    } finally {
      this.stepped({ kind, result });
    }
  }
}
