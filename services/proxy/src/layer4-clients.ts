import { ClientSharing, ClientWatch, KnownClients, type Nftables, type SharingOutcome } from '@evenkeel/data-plane';
import type { Clock } from '@evenkeel/kernel';
import type { BusLink } from './bus-link.ts';
import { ClientFile } from './client-file.ts';

export type Layer4ClientsParts = {
  /** On this node's disk; survives restarts. */
  readonly file: string;
  readonly bus: Pick<BusLink, 'clients' | 'onClients'>;
  /** One of its own: a change of configuration never waits behind clients. */
  readonly nftables: Pick<Nftables, 'apply' | 'clients' | 'family'>;
  readonly clock: Clock;
  readonly onShared: (outcome: SharingOutcome, clients: number) => void;
  readonly onUnreadable: () => void;
};

/** The clients of layer 4 outside the kernel: in this process, on its disk, and on other nodes. */
export class Layer4Clients {
  private constructor(
    /** For the engine, which fills sets with them that are made anew. */
    readonly known: KnownClients,
    private readonly sharing: ClientSharing,
    private readonly file: ClientFile,
  ) {}

  static async open({ file: path, bus, nftables, clock, ...tell }: Layer4ClientsParts): Promise<Layer4Clients> {
    const file = new ClientFile(path, clock);
    const known = new KnownClients(clock, await file.read());
    const watch = new ClientWatch(known, nftables, clock);
    const sharing = new ClientSharing({ known, watch, nftables, exchange: bus.clients, clock, onCount: tell.onShared });
    bus.onClients({
      onTies: (ties) => sharing.hear(ties),
      onAsked: (node) => sharing.asked(node),
      onUnreadable: tell.onUnreadable,
    });
    return new Layer4Clients(known, sharing, file);
  }

  /** To be called often. Throws what nft throws; call again then. */
  round(): Promise<void> {
    return this.sharing.round();
  }

  /** To be called now and then. Throws what the file system throws; call again then. */
  keep(): Promise<void> {
    return this.file.keep(this.known);
  }

  /** Before the kernel's table may go, and the bus. */
  async leave(): Promise<void> {
    try {
      await this.sharing.leave();
    } finally {
      await this.file.write(this.known);
    }
  }
}
