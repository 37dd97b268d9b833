import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod';

const run = promisify(execFile);

const Card = z.object({
  ifname: z.string(),
  address: z.string(),
  addr_info: z.array(z.object({ family: z.string(), local: z.string().optional() })),
});

/** A network card by its name, asked and told through iproute2. The methods throw what `ip` says. */
export class NetworkCard {
  constructor(readonly name: string) {}

  /** Its MAC address, and its IPv4 addresses in the order in which they were added. */
  async look(): Promise<{ readonly mac: string; readonly addresses: readonly string[] }> {
    const { stdout } = await run('ip', ['-j', 'address', 'show', 'dev', this.name]);
    const [card] = z.array(Card).parse(JSON.parse(stdout));
    if (card === undefined) throw new Error(`there is no network card ${this.name}`);
    const addresses = card.addr_info.flatMap(({ family, local }) =>
      family === 'inet' && local !== undefined ? [local] : [],
    );
    return { mac: card.address, addresses };
  }

  /** Safe to repeat. Nothing is sent. */
  async add(address: string): Promise<void> {
    if ((await this.look()).addresses.includes(address)) return;
    await run('ip', ['address', 'add', `${address}/32`, 'dev', this.name]);
  }

  /** Safe to repeat. */
  async remove(address: string): Promise<void> {
    if (!(await this.look()).addresses.includes(address)) return;
    await run('ip', ['address', 'del', `${address}/32`, 'dev', this.name]);
  }
}
