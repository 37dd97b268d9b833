import { request } from 'node:http';
import { join } from 'node:path';
import { type LabProcess, type Place, until } from '@evenkeel/testing/lab';
import * as z from 'zod';
import { nodeArguments } from '../../support/node-arguments.ts';
import { kinds, type TrafficOrder } from './orders.ts';
import { Account, together } from './tally.ts';

const Accounts = z.record(z.enum(kinds), Account);
export type Accounts = z.infer<typeof Accounts>;

/** The clients, at work. */
export class Traffic {
  private readonly looks: Accounts[] = [];

  private constructor(
    private readonly process: LabProcess,
    private readonly order: TrafficOrder,
  ) {}

  static async start(place: Place, order: TrafficOrder): Promise<Traffic> {
    const main = join(import.meta.dirname, 'traffic-main.ts');
    const process = place.spawn('node', [...nodeArguments, main, JSON.stringify(order)]);
    const isReady = (): Promise<boolean> => Promise.resolve(process.lastWords.includes('ready'));
    await until('the clients are ready', isReady, { withinMs: 30_000, process });
    return new Traffic(process, order);
  }

  /** What has become of all requests that came to an end since the last look. Throws when the clients are gone. */
  async look(): Promise<Accounts> {
    if (this.process.hasExited) throw new Error(`the clients are gone: ${this.process.lastWords}`);
    const seen = Accounts.parse(JSON.parse(await getText(this.order.controlSocket)));
    this.looks.push(seen);
    return seen;
  }

  /** The same since the last time that it was taken, whoever has looked meanwhile. */
  async take(): Promise<Accounts> {
    await this.look();
    const looks = this.looks.splice(0);
    return Accounts.parse(Object.fromEntries(kinds.map((kind) => [kind, together(looks.map((one) => one[kind]))])));
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }
}

const getText = (socketPath: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: '/' }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.once('end', () => resolve(text)).once('error', reject);
    });
    asked.once('error', reject).end();
  });
