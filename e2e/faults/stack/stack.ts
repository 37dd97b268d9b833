import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type BackEnd,
  type Lab,
  type LabHost,
  makeTempFolder,
  pacsLab,
  pacsNetwork,
  startNmbd,
  startWebServer,
  startWorklist,
  type TempFolder,
} from '@evenkeel/testing/lab';
import { askHaproxy } from '../../support/ask-haproxy.ts';
import { nodeArguments, root } from '../../support/node-arguments.ts';
import { descendantsOf, type Found, namedBeside } from '../../support/process-tree.ts';
import { Part } from './part.ts';
import { StateDisk } from './state-disk.ts';

export const { vip } = pacsNetwork;
export const machines = [
  { label: 'INF_PACS1', address: pacsNetwork.pacs1, host: 'pacs1' },
  { label: 'INF_PACS2', address: pacsNetwork.pacs2, host: 'pacs2' },
  { label: 'INF_PACS3', address: pacsNetwork.pacs3, host: 'pacs3' },
] as const;
export type Machine = (typeof machines)[number];
/** So that persistence by address spreads them over the machines. */
export const clientAddresses = Array.from({ length: 8 }, (_, index) => `192.168.85.${30 + index}`);

export const ports = { postgres: 5_432, nats: 4_222 } as const;
export const serviceNames = ['config', 'gateway', 'health', 'proxy'] as const;
export const serverNames = ['postgres', 'nats'] as const;
export type PartName = (typeof serviceNames)[number] | (typeof serverNames)[number];

/** One node with everything that runs on it as a process of its own, three machines behind it, and a place for clients. */
export class Stack {
  /** By the place of their machine in `machines`. */
  private readonly webServers = new Map<number, BackEnd>();
  private readonly others: BackEnd[] = [];
  private readonly parts: ReadonlyMap<PartName, Part>;

  private constructor(
    readonly lab: Lab,
    readonly folder: TempFolder,
    readonly disk: StateDisk,
  ) {
    const parts = [this.server('postgres'), this.server('nats'), ...serviceNames.map((name) => this.service(name))];
    this.parts = new Map(parts.map((part) => [part.name as PartName, part]));
  }

  static async start(): Promise<Stack> {
    const [lab, folder] = await Promise.all([pacsLab(), makeTempFolder('faults')]);
    await chmod(folder.path, 0o755); // Postgres runs as a user of its own
    const stack = new Stack(lab, folder, await StateDisk.mount(join(folder.path, 'proxy')));
    try {
      await lab.host('node').addAddress(vip);
      for (const address of clientAddresses) await lab.host('client').addAddress(`${address}/24`);
      await stack.startBackEnds(); // not beside the others: twenty programs that start at once keep each other waiting
      await stack.startAll();
      return stack;
    } catch (failure) {
      await stack.dispose();
      throw failure;
    }
  }

  get node(): LabHost {
    return this.lab.host('node');
  }

  part(name: PartName): Part {
    const part = this.parts.get(name);
    if (part === undefined) throw new Error(`no part ${name}`);
    return part;
  }

  path(...names: readonly string[]): string {
    return join(this.folder.path, ...names);
  }

  /** HAProxy is no part: the worker starts it, and starts it again. */
  async haproxy(): Promise<{ readonly master: number | undefined; readonly workers: readonly number[] }> {
    const found = await namedBeside('haproxy', this.part('proxy').pid);
    const isWorker = ({ parent }: Found): boolean => found.some(({ pid }) => pid === parent);
    const workers = found.filter(isWorker).map(({ pid }) => pid);
    return { master: found.find((one) => !isWorker(one))?.pid, workers };
  }

  /** In HAProxy's words: `Web/INF_PACS1 MAINT`. */
  async serversNotUp(): Promise<string> {
    const rows = await askHaproxy(this.path('proxy', 'haproxy'), 'show stat').catch((failure: unknown) =>
      String(failure),
    );
    const states = rows.split('\n').map((row) => row.split(','));
    const [names = []] = states;
    const status = names.indexOf('status');
    const servers = states.slice(1).filter(([, name = 'FRONTEND']) => !['FRONTEND', 'BACKEND'].includes(name));
    const notUp = servers.filter((row) => row[status] !== 'UP' && row[status] !== 'no check');
    return notUp.map((row) => `${row[0]}/${row[1]} ${row[status]}`).join(', ') || 'every server is up';
  }

  /** What every service has in its environment to find the bus. */
  readonly bus = {
    NATS_URL: `127.0.0.1:${ports.nats}`,
    NATS_USER: 'evenkeel',
    NATS_PASSWORD: 'faults',
  } as const;

  /** Moves the wall clock of one service, or back with 0. */
  async moveClock(name: PartName, byMs: number): Promise<void> {
    await writeFile(this.path(`clock-${name}`), String(byMs));
  }

  /** `kill -9` of a machine's web server. */
  async killWeb(index: number): Promise<void> {
    await this.webServers.get(index)?.kill();
  }

  async startWeb(index: number): Promise<void> {
    const { label: name, address, host } = machines[index] ?? machines[0];
    this.webServers.set(index, await startWebServer({ place: this.lab.host(host), address, port: 80, name }));
  }

  /** Clean end of all. Safe to call on a half-started one. */
  async dispose(): Promise<void> {
    for (const name of [...serviceNames].toReversed()) await this.parts.get(name)?.stop();
    for (const name of serverNames) await this.parts.get(name)?.stop();
    await Promise.all([...this.webServers.values(), ...this.others].map((one) => one.stop()));
    await this.lab.dispose();
    await this.disk.dispose();
    await this.folder.remove();
  }

  private async startAll(): Promise<void> {
    // Given, not made: the services are told it before the server is first up.
    await mkdir(this.path('nats'));
    await writeFile(this.path('nats', 'password'), this.bus.NATS_PASSWORD, { mode: 0o600 });
    await Promise.all(serverNames.map((name) => this.part(name).start()));
    await this.part('config').start();
    await Promise.all((['gateway', 'health', 'proxy'] as const).map((name) => this.part(name).start()));
  }

  private async startBackEnds(): Promise<void> {
    await Promise.all(machines.map((machine, index) => this.startMachine(machine, index)));
  }

  private async startMachine({ label: name, address, host }: Machine, index: number): Promise<void> {
    const place = this.lab.host(host);
    const others = [
      startWorklist({ place, address, port: 104, aeTitle: 'INFINITT', name }),
      startNmbd({ place, address, name }),
    ];
    this.others.push(...(await Promise.all(others)));
    await this.startWeb(index);
  }

  private server(name: 'postgres' | 'nats'): Part {
    const main = join(root, `e2e/faults/programs/${name}-main.ts`);
    return new Part({
      name,
      readyWords: 'ready',
      spawn: () => this.node.spawn('node', [...nodeArguments, main, this.path(name), String(ports[name])]),
      victims: ({ pid }) => descendantsOf(pid),
    });
  }

  private service(name: (typeof serviceNames)[number]): Part {
    const clock = ['--import', join(root, 'e2e/faults/programs/moved-clock.ts')];
    const main = [...nodeArguments, ...clock, join(root, `services/${name}/src/main.ts`)];
    const [command, args] = name === 'proxy' ? this.disk.inside('node', main) : (['node', main] as const);
    const variables = { ...this.bus, EVENKEEL_FAULT_CLOCK: this.path(`clock-${name}`), ...this.settingsOf(name) };
    return new Part({ name, readyWords: readyWords[name], spawn: () => this.node.spawn(command, args, variables) });
  }

  private settingsOf(name: (typeof serviceNames)[number]): Readonly<Record<string, string>> {
    switch (name) {
      case 'config':
        return {
          DATABASE_URL: `postgres://evenkeel_config:config@127.0.0.1:${ports.postgres}/postgres`,
          EVENKEEL_ADMIN_TOKEN_FILE: this.path('admin-token'),
        };
      case 'gateway':
        return { EVENKEEL_CERTIFICATE_FOLDER: this.path('gateway') };
      case 'health':
        return { EVENKEEL_CHECKER: 'health-lb-a' };
      case 'proxy':
        return { EVENKEEL_NODE: 'lb-a', EVENKEEL_PROXY_FOLDER: this.path('proxy') };
      default:
        return name satisfies never;
    }
  }
}

const readyWords = {
  config: 'Evenkeel config is ready',
  gateway: 'Evenkeel gateway on',
  health: 'Evenkeel health is ready',
  proxy: 'Evenkeel proxy is ready',
} as const;
