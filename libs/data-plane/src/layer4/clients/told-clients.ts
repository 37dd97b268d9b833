import type { Homes } from './home.ts';
import type { Tie } from './tie.ts';

/**
 * A client that stays in use is told of again when its tie has become longer by this share of the timeout: others hold at
 * least the rest of it, and each client costs four messages in the time of one timeout at the most.
 */
const worthTelling = 1 / 4;
/** nft counts in whole seconds. */
const worthTellingMinMs = 2_000;

/** Until when other nodes know each tie, from us or from one another. What they know is not told again: no echo can arise. */
export class ToldClients {
  private told = new Map<number, Map<string, number>>();

  /** Another node has told everybody. */
  heard({ server, address, untilMs }: Tie): void {
    const known = this.told.get(server) ?? new Map<string, number>();
    this.told.set(server, known.set(address, untilMs));
  }

  /** Of all `ties` here, those that others had better know, new ones first, `max` at the most. They count as told. */
  news(ties: readonly Tie[], homes: Homes, max: number): readonly Tie[] {
    const [fresh, longer]: [Tie[], Tie[]] = [[], []];
    for (const tie of ties) {
      const toldMs = this.told.get(tie.server)?.get(tie.address);
      if (toldMs === undefined) fresh.push(tie);
      else if (tie.untilMs - toldMs >= worthTellingMs(homes, tie)) longer.push(tie);
    }
    const news = [...fresh, ...longer].slice(0, max);
    this.remember(ties, news);
    return news;
  }

  /** Of nothing else than what is tied here: so this never grows beyond it. */
  private remember(ties: readonly Tie[], news: readonly Tie[]): void {
    const next = new Map<number, Map<string, number>>();
    const note = ({ server, address }: Tie, untilMs: number | undefined): void => {
      if (untilMs === undefined) return;
      const known = next.get(server) ?? new Map<string, number>();
      next.set(server, known.set(address, untilMs));
    };
    for (const tie of ties) note(tie, this.told.get(tie.server)?.get(tie.address));
    for (const tie of news) note(tie, tie.untilMs);
    this.told = next;
  }
}

const worthTellingMs = (homes: Homes, { server }: Tie): number =>
  Math.max((homes.get(server)?.memory.timeoutSeconds ?? 0) * 1_000 * worthTelling, worthTellingMinMs);
