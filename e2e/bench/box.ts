import { chmod, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeTempFolder, type Place, type TempFolder, thisMachine, until } from '@evenkeel/testing/lab';
import type { LabProcess } from '@evenkeel/testing/lab';
import { JsonClient } from '../support/json-client.ts';

const root = join(import.meta.dirname, '../..');
/** How `npm start` runs a program once everything is installed. */
export const nodeArguments = ['--enable-source-maps', '--import', join(root, 'tools/ts-hooks.mjs')];
const appliance = join(root, 'services/appliance/src/main.ts');

export type BoxOptions = {
  readonly place?: Place;
  /** By which address the caller reaches it. */
  readonly address?: string;
  readonly variables?: Readonly<Record<string, string>>;
};

/** One appliance in a process of its own, on data that go with it. */
export class Box {
  private constructor(
    readonly process: LabProcess,
    readonly data: string,
    readonly api: JsonClient,
    private readonly folder: TempFolder,
  ) {}

  static async start({ place = thisMachine, address = '127.0.0.1', variables = {} }: BoxOptions = {}): Promise<Box> {
    const folder = await makeTempFolder('bench');
    await chmod(folder.path, 0o755); // Postgres runs as a user of its own
    const data = join(folder.path, 'box');
    const environment = { EVENKEEL_DATA: data, EVENKEEL_HTTPS_PORT: '0', ...variables };
    const process = place.spawn('node', [...nodeArguments, appliance], environment);
    try {
      await until('the box is ready', () => Promise.resolve(process.lastWords.includes('SHA-256')), {
        withinMs: 60_000,
        process,
      });
      const port = /https:\/\/[^/]*:(\d+)\//.exec(process.lastWords)?.[1] ?? '';
      const token = (await readFile(join(data, 'admin-token'), 'utf8')).trim();
      const certificate = await readFile(join(data, 'gateway/certificate.pem'), 'utf8');
      // One connection that stays open. The certificate is checked like any other.
      const agent = { keepAlive: true, maxSockets: 1, ca: certificate };
      const api = new JsonClient({ host: address, port: Number(port), token, agent, patienceMs: 20_000 });
      return new Box(process, data, api, folder);
    } catch (failure) {
      await process.stop();
      await folder.remove();
      throw failure;
    }
  }

  /** The environment in which another process finds this box's bus. */
  async bus(): Promise<Readonly<Record<string, string>>> {
    const read = async (name: string): Promise<string> =>
      (await readFile(join(this.data, 'nats', name), 'utf8')).trim();
    const [port, password] = await Promise.all([read('port'), read('password')]);
    return { NATS_URL: `nats://127.0.0.1:${port}`, NATS_USER: 'evenkeel', NATS_PASSWORD: password };
  }

  async stop(): Promise<void> {
    this.api.close();
    await this.process.stop(20_000);
    await this.folder.remove();
  }
}
