import { Libnftables } from './libnftables.ts';

/** The kernel refused for another reason than that a time was up. */
export class DeadManFailed extends Error {
  override readonly name = 'DeadManFailed';
}

/** How nft says that an element is not there (any more). */
const missing = 'No such file or directory';
const table = 'evenkeel_ha';
const families = ['arp', 'inet'] as const;

/**
 * Whether this node's kernel answers for the group's addresses. They are configured on every node, and mute on each whose
 * element has not been set, or has run out: ARP is neither answered nor sent for them, and no packet to them comes in.
 * So a node whose agent is killed, hung or paused falls silent by itself. Every call is one transaction, done when it returns.
 */
export class DeadMan {
  private readonly elements: string;

  /** `addresses`: IPv4, at least one. */
  constructor(
    private readonly addresses: readonly string[],
    private readonly nftables = new Libnftables(),
  ) {
    this.elements = addresses.join(', ');
  }

  /** Mutes the addresses, whatever was there before. To be done before any of them is configured. */
  load(): void {
    const sets = `set addresses { type ipv4_addr; elements = { ${this.elements} }; }
      set serving { type ipv4_addr; flags timeout; }`;
    this.mustDo(`
      table arp ${table} { }
      table inet ${table} { }
      delete table arp ${table}
      delete table inet ${table}
      table arp ${table} {
        ${sets}
        set ticket { type ipv4_addr; flags timeout; }
        chain input {
          type filter hook input priority filter;
          arp daddr ip @addresses arp daddr ip != @serving drop
        }
        chain output {
          type filter hook output priority filter;
          arp saddr ip @addresses arp saddr ip != @serving drop
        }
      }
      table inet ${table} {
        ${sets}
        chain prerouting {
          type filter hook prerouting priority raw;
          iif != "lo" ip daddr @addresses ip daddr != @serving drop
        }
      }
    `);
  }

  /** A ticket to activate within `forMs`. */
  arm(forMs: number): void {
    this.mustDo(`flush set arp ${table} ticket; add element arp ${table} ticket { ${this.timed(forMs)} }`);
  }

  /** False, and nothing is done, when the ticket has ended. Without `forMs` for good. */
  activate(forMs: number | undefined): boolean {
    return this.mayDo(`delete element arp ${table} ticket { ${this.elements} }; ${this.serving('flush set', forMs)}`);
  }

  /** False, and nothing is done, when the time was up. */
  extend(forMs: number): boolean {
    return this.mayDo(this.serving('delete element', forMs));
  }

  /** False, and nothing is done, when the kernel does not answer for the addresses. From now on it does for good. */
  goOn(): boolean {
    return this.mayDo(this.serving('delete element', undefined));
  }

  mute(): void {
    const flushes = families.map((family) => `flush set ${family} ${table} serving`);
    this.mustDo([`flush set arp ${table} ticket`, ...flushes].join('; '));
  }

  /** Takes the rules away: to be done after the addresses. */
  unload(): void {
    this.mustDo(families.map((family) => `delete table ${family} ${table}`).join('; '));
  }

  close(): void {
    this.nftables.close();
  }

  private serving(first: 'flush set' | 'delete element', forMs: number | undefined): string {
    const elements = forMs === undefined ? this.elements : this.timed(forMs);
    const what = first === 'flush set' ? '' : ` { ${this.elements} }`;
    return families
      .map(
        (family) =>
          `${first} ${family} ${table} serving${what}; add element ${family} ${table} serving { ${elements} }`,
      )
      .join('; ');
  }

  /** The kernel takes whole milliseconds: rather a little early than late. */
  private timed(forMs: number): string {
    return this.addresses.map((address) => `${address} timeout ${Math.floor(forMs)}ms`).join(', ');
  }

  private mustDo(commands: string): void {
    const refusal = this.nftables.run(commands);
    if (refusal !== undefined) throw new DeadManFailed(refusal);
  }

  private mayDo(commands: string): boolean {
    const refusal = this.nftables.run(commands);
    if (refusal !== undefined && !refusal.includes(missing)) throw new DeadManFailed(refusal);
    return refusal === undefined;
  }
}
