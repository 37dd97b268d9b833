import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LabProcess, Place } from '@evenkeel/testing/lab';
import { until } from '@evenkeel/testing/lab';
import { Api } from './api.ts';

const root = join(import.meta.dirname, '../..');

export type NodeOptions = {
  /** Where the node runs: a lab host, or this machine. */
  readonly place: Place;
  /** Its data folder; a restart on the same one is the same node. */
  readonly data: string;
  /** From where the API is called, and by which address of the node. */
  readonly caller: Place;
  readonly address: string;
  readonly httpsPort?: number;
  readonly variables?: Readonly<Record<string, string>>;
};

/** One box, started as `npm start` starts it once everything is installed. */
export class RunningNode {
  private constructor(
    readonly process: LabProcess,
    readonly api: Api,
  ) {}

  /** Resolves when it says that it is ready. Throws with its last words when it ends before. */
  static async start(options: NodeOptions): Promise<RunningNode> {
    const { place, data, caller, address, httpsPort = 9443, variables = {} } = options;
    const process = place.spawn(
      join(root, 'node_modules/.bin/node'),
      [
        '--enable-source-maps',
        '--import',
        join(root, 'tools/ts-hooks.mjs'),
        join(root, 'services/appliance/src/main.ts'),
      ],
      { EVENKEEL_DATA: data, EVENKEEL_HTTPS_PORT: String(httpsPort), ...variables },
    );
    await until('the node is ready', () => Promise.resolve(process.lastWords.includes('Evenkeel is ready')), {
      withinMs: 60_000,
      process,
    });
    const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim();
    return new RunningNode(process, new Api(caller, `https://${address}:${httpsPort}`, token));
  }

  /** A clean stop, as by systemd. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    await this.process.exited;
  }
}
