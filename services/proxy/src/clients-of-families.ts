import { join } from 'node:path';
import type { Family } from '@evenkeel/data-plane';
import type { KernelNftables } from '@evenkeel/nftables';
import { Layer4Clients, type Layer4ClientsParts } from './layer4-clients.ts';

export type ClientsOfFamiliesParts = Omit<Layer4ClientsParts, 'file' | 'nftables'> & {
  readonly folder: string;
  readonly kernel: KernelNftables;
};

/** IPv4 and IPv6 have a table each, and so a memory each. Both hear the same messages, and take what is theirs. */
export class ClientsOfFamilies {
  private constructor(
    private readonly of: Readonly<Record<Family, Layer4Clients>>,
    private readonly kernel: KernelNftables,
  ) {}

  static async open({ folder, kernel, ...parts }: ClientsOfFamiliesParts): Promise<ClientsOfFamilies> {
    const ip = await Layer4Clients.open({ ...parts, nftables: kernel, file: join(folder, 'layer4-clients.json') });
    const inSix = { nftables: kernel.in('ip6'), file: join(folder, 'layer4-clients-ip6.json') };
    return new ClientsOfFamilies({ ip, ip6: await Layer4Clients.open({ ...parts, ...inSix }) }, kernel);
  }

  /** For the engines, which fill sets with them that are made anew. */
  get known(): Readonly<Record<Family, Layer4Clients['known']>> {
    return { ip: this.of.ip.known, ip6: this.of.ip6.known };
  }

  /** See `Layer4Clients`. */
  async round(): Promise<void> {
    await this.of.ip.round();
    await this.of.ip6.round();
  }

  async keep(): Promise<void> {
    await this.of.ip.keep();
    await this.of.ip6.keep();
  }

  async leave(): Promise<void> {
    await Promise.all([this.of.ip.leave(), this.of.ip6.leave()]);
  }

  close(): void {
    this.kernel.close();
  }
}
