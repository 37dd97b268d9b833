import type { Clock } from '@evenkeel/kernel';
import type { Nftables } from '../nftables.ts';
import type { KnownClients } from './known-clients.ts';

/**
 * A look costs 20 ms and 7 ms more for each thousand clients: nobody tells of clients that rules have learnt, so all of them
 * are listed. So it rests for so many times what it took, and takes a twentieth of one processor at the most.
 */
const restsPerLook = 20;
const restMinMs = 2_000;

/** Looks now and then whom the kernel remembers. */
export class ClientWatch {
  private notBeforeMs = -Infinity;

  constructor(
    private readonly known: KnownClients,
    private readonly nftables: Pick<Nftables, 'clients'>,
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {}

  /** To be called often; looks when it is time, and says whether it was. Throws what the door throws; call again then. */
  async round(): Promise<boolean> {
    const startMs = this.clock.monotonicMs();
    if (startMs < this.notBeforeMs) return false;
    try {
      await this.look();
      return true;
    } finally {
      const endMs = this.clock.monotonicMs();
      this.notBeforeMs = endMs + Math.max(restMinMs, restsPerLook * (endMs - startMs));
    }
  }

  /** Now, for whoever is about to lose it. */
  async look(): Promise<void> {
    const { watched } = this.known;
    if (watched.size > 0) this.known.saw(watched, await this.nftables.clients([...watched.keys()]));
  }
}
