import { type Layer4Ability } from '@evenkeel/contracts';
import {
  clientsName,
  type ConnectionEnding,
  type Family,
  layer4Table,
  type NftCommand,
  NftRefused,
  type Nftables,
  type RememberedClient,
  type RememberedClients,
  type RunningLayer4,
  trialTransaction,
  type UsedPath,
} from '@evenkeel/data-plane';
import { endConnections, listConnections } from './conntrack.ts';
import { ensureForwarding } from './forwarding.ts';
import { readClients, readRunning } from './listing.ts';
import { notInstalled, ProgramFailed, Programs } from './programs.ts';
import { NftSession } from './session.ts';

export type KernelNftablesSettings = {
  /** Put before every command, such as `ip netns exec <name>` for a network that is not this process's own. */
  readonly prefix?: readonly string[];
  /** Whether the door may switch `net.ipv4.ip_forward` on. Without leave, and for IPv6, it only looks. */
  readonly mayEnableForwarding: boolean;
};

/** A session reads its line a byte at a time, 0.15 ms for each KiB; from here on a process of its own is quicker. */
const longestLine = 64 * 1_024;

/** The shell's code for a command that is not there. Source: POSIX, `sh`, exit status. */
const notFound = 127;

/** The kernel of this machine in one family, through `nft` and `conntrack`. Needs CAP_NET_ADMIN; says so where it is missing. */
export class KernelNftables implements Nftables {
  private readonly programs: Programs;

  constructor(
    private readonly settings: KernelNftablesSettings,
    readonly family: Family = 'ip',
    private readonly session = new NftSession(new Programs(settings.prefix ?? [])),
  ) {
    this.programs = new Programs(settings.prefix ?? []);
  }

  /** The same kernel in another family, through the same process. */
  in(family: Family): KernelNftables {
    return new KernelNftables(this.settings, family, this.session);
  }

  async ability(): Promise<Layer4Ability> {
    try {
      const words = (await this.wordsAgainst(trialTransaction(this.family))) ?? (await this.wordsOfConntrack());
      return words === undefined ? { state: 'able' } : { state: 'refused', words };
    } catch (failure) {
      if (failure instanceof ProgramFailed) return { state: 'refused', words: failure.message };
      throw failure;
    }
  }

  isForwarding(): Promise<boolean> {
    return ensureForwarding(this.programs, this.family, this.settings.mayEnableForwarding);
  }

  /** All tables of the family are listed: it is the one listing that leaves the elements of sets in the kernel. */
  async observe(): Promise<RunningLayer4 | undefined> {
    return readRunning(await this.list({ ruleset: { family: this.family } }), this.family);
  }

  /** One nft for all of them, which ends after it: it would keep the memory of its longest answer. */
  async clients(servers: readonly number[]): Promise<RememberedClients> {
    const remembered = new Map<number, readonly RememberedClient[]>();
    const { family, name: table } = layer4Table(this.family);
    const reading = new NftSession(this.programs, 'with elements');
    try {
      for (const server of servers) {
        const set = { family, table, name: clientsName(server) };
        const listing = listingIn(await reading.ask(batchOf([{ list: { set } }])));
        if (listing !== undefined) remembered.set(server, readClients(listing));
      }
    } finally {
      reading.close();
    }
    return remembered;
  }

  /** One batch, which the kernel takes or refuses as a whole: a check before it would ask the same question twice. */
  async apply(transaction: readonly NftCommand[]): Promise<void> {
    const batch = batchOf(transaction);
    const words =
      batch.length > longestLine ? await this.wordsOfNft(['-j', '-f', '-'], batch) : await this.session.ask(batch);
    if (words !== '') throw new NftRefused(words);
  }

  /** What nft has against a transaction, undefined when it would be taken; nothing is done. For a plan, or a test. */
  async wordsAgainst(transaction: readonly NftCommand[]): Promise<string | undefined> {
    const words = await this.wordsOfNft(['-c', '-j', '-f', '-'], batchOf(transaction));
    return words === '' ? undefined : words;
  }

  connections(): Promise<readonly UsedPath[]> {
    return listConnections(this.programs, this.family);
  }

  async end(endings: readonly ConnectionEnding[]): Promise<void> {
    for (const ending of endings) await endConnections(this.programs, this.family, ending);
  }

  /** Ends the helper process, of all families. What the kernel serves goes on. */
  close(): void {
    this.session.close();
  }

  private async list(what: Record<string, unknown>): Promise<string> {
    const said = await this.session.ask(batchOf([{ list: what }]));
    const listing = listingIn(said);
    if (listing === undefined) throw new ProgramFailed('nft', said);
    return listing;
  }

  /** `nft -f -` opens its input by name, which a socket has not, and a socket is what Node gives to a child. */
  private async wordsOfNft(args: readonly string[], input: string): Promise<string> {
    const { code, stderr } = await this.programs.run('sh', ['-c', 'cat | nft "$@"', 'nft', ...args], input);
    if (code === notFound) throw new ProgramFailed('nft', notInstalled('nft'));
    return code === 0 ? '' : stderr.trim() || `ended with code ${code}`;
  }

  private async wordsOfConntrack(): Promise<string | undefined> {
    const { code, stderr } = await this.programs.run('conntrack', ['-C']);
    return code === 0 ? undefined : stderr.trim();
  }
}

/** Beside the listing there may be remarks, such as those about tables that iptables has made. */
const listingIn = (said: string): string | undefined => said.split('\n').find((line) => line.startsWith('{'));

const batchOf = (nftables: readonly object[]): string => JSON.stringify({ nftables });
