import { NetworkCard } from '@evenkeel/addresses';
import { DeadMan } from '@evenkeel/nftables';
import { type HaSettings, isAlone } from './settings.ts';

/** The group's addresses on this node's network card: there on every node, and mute until an agent says otherwise. */
export class MutedAddresses {
  private constructor(
    private readonly card: NetworkCard,
    private readonly addresses: readonly string[],
    readonly deadMan: DeadMan,
  ) {}

  /** Mute before the first of them is there. What an earlier start has left is muted as well, unless this node is alone. */
  static async hold(settings: Pick<HaSettings, 'card' | 'addresses' | 'peers'>): Promise<MutedAddresses> {
    const { card, addresses } = settings;
    const held = new MutedAddresses(new NetworkCard(card), addresses, new DeadMan(addresses));
    if (!isAlone(settings) || !held.deadMan.goOn()) held.deadMan.load();
    for (const address of addresses) await held.card.add(address);
    return held;
  }

  /** The addresses go before the rules that keep them mute. */
  async release(): Promise<void> {
    this.deadMan.mute();
    for (const address of this.addresses) await this.card.remove(address);
    this.deadMan.unload();
    this.deadMan.close();
  }
}
