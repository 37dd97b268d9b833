import { adminStateFrom } from '../../src/layer7/admin-state.ts';
import { structureIn } from '../../src/layer7/configuration-name.ts';
import {
  type Haproxy,
  type HaproxyFiles,
  HaproxyRefused,
  HaproxyUnreachable,
  type Replacement,
} from '../../src/layer7/haproxy.ts';
import { type RunningLayer7, type RunningServer, type RunningServices } from '../../src/layer7/running.ts';
import { type Step } from '../../src/layer7/step.ts';

type Services = Map<string, Map<string, RunningServer>>;

/**
 * HAProxy as far as the engine can tell, in memory; the suite of the port holds it to what the real one does. It keeps
 * what it was asked for, and fails when told to.
 */
export class InMemoryHaproxy implements Haproxy {
  incarnation = 1;
  readonly replaced: HaproxyFiles[] = [];
  readonly done: Step[] = [];
  kept: HaproxyFiles | undefined;
  looks = 0;
  /** Words with which the next files are refused, until it is undefined again. */
  refusal: string | undefined;
  isUnreachable = false;
  /** As 3.0 does, and 2.6 does not. */
  addsCookies = false;
  /** Words with which `add server` is refused. */
  additionRefusal: string | undefined;
  private running: { readonly structure: string; readonly services: Services } | undefined;

  observe(): Promise<RunningLayer7 | undefined> {
    this.looks += 1;
    return this.asked('everything', () => this.running && this.picture(this.running));
  }

  apply(steps: readonly Step[], services: readonly string[]): Promise<RunningServices> {
    return this.asked('steps', () => {
      const [refused] = steps.flatMap((step) => this.take(step) ?? []);
      if (refused !== undefined) throw refused;
      return copy(new Map([...this.present()].filter(([name]) => services.includes(name))));
    });
  }

  replace(files: HaproxyFiles): Promise<Replacement> {
    return this.asked('files', () => {
      const words = this.refusal ?? nonsenseIn(files);
      if (words !== undefined) return { kind: 'refused', words };
      const method = this.running === undefined ? 'start' : 'reload';
      this.running = { structure: structureIn(files.name), services: servicesIn(files) };
      this.replaced.push(files);
      this.incarnation += 1;
      return { kind: 'replaced', method, running: justStarted(this.picture(this.running)) };
    });
  }

  keep(files: () => HaproxyFiles): void {
    this.kept = files();
  }

  /** Somebody else changes a server; it starts existing when it did not. */
  meddle(service: string, server: string, changes: Partial<RunningServer>): void {
    const servers = this.present().get(service) ?? new Map<string, RunningServer>();
    this.present().set(service, servers.set(server, { ...(servers.get(server) ?? newServer), ...changes }));
  }

  /** Somebody else removes a server. */
  lose(service: string, server: string): void {
    this.present().get(service)?.delete(server);
  }

  /** It ends. */
  die(): void {
    this.running = undefined;
    this.incarnation += 1;
  }

  private picture({ structure, services }: NonNullable<InMemoryHaproxy['running']>): RunningLayer7 {
    return { structure, services: copy(services), addsCookies: this.addsCookies };
  }

  private present(): Services {
    return this.running?.services ?? new Map<string, Map<string, RunningServer>>();
  }

  private async asked<Answer>(what: string, answer: () => Answer): Promise<Answer> {
    await Promise.resolve();
    if (this.isUnreachable) throw new HaproxyUnreachable(what);
    return answer();
  }

  /** Undefined: done. */
  private take(step: Step): HaproxyRefused | undefined {
    const servers = this.present().get(step.service);
    const server = servers?.get(step.server);
    const words = servers === undefined ? 'No such backend.' : this.objectionTo(step, server);
    if (servers === undefined || words !== undefined) return new HaproxyRefused(step, step.kind, words ?? '');
    this.done.push(step);
    if (step.kind === 'add-server') servers.set(step.server, added(step.words.join(' ')));
    else if (step.kind === 'delete-server') deleteFrom(servers, step.server);
    else if (server !== undefined) servers.set(step.server, after(step, server));
    return undefined;
  }

  private objectionTo(step: Step, server: RunningServer | undefined): string | undefined {
    if (step.kind === 'delete-server') return undefined;
    if (step.kind !== 'add-server') return server === undefined ? 'No such server.' : undefined;
    if (this.additionRefusal !== undefined) return this.additionRefusal;
    if (step.words.includes('cookie') && !this.addsCookies) return "'cookie' option is not accepted for dynamic server";
    return server === undefined ? undefined : 'Already exists a server with the same name in backend.';
  }
}

/** One that is not in maintenance, or has connections, stays: that is no refusal, the look shows it. */
const deleteFrom = (servers: Map<string, RunningServer>, name: string): void => {
  const server = servers.get(name);
  if (server?.adminState === 'maint' && server.connections === 0) servers.delete(name);
};

type Change = Exclude<Step, { kind: 'add-server' | 'delete-server' }>;

const after = (step: Change, server: RunningServer): RunningServer => {
  switch (step.kind) {
    case 'set-state':
      // Leaving maintenance brings a server up, whatever was said of its health before.
      return {
        ...server,
        adminState: step.state,
        isDown: step.state === 'maint' || (server.isDown && server.adminState !== 'maint'),
      };
    case 'set-health':
      return server.adminState === 'maint' ? server : { ...server, isDown: step.health === 'down' };
    case 'set-weight':
      return { ...server, weight: step.weight };
    case 'set-address':
      return { ...server, address: step.address, port: step.port ?? server.port };
    case 'set-max-connections':
      return { ...server, maxConnections: step.maxConnections };
    case 'close-connections':
      return { ...server, connections: 0 };
    case 'forget-clients':
      return server;
    default:
      return step satisfies never;
  }
};

const newServer: RunningServer = {
  address: '127.0.0.1',
  port: 'inherit',
  weight: 1,
  isEncrypted: false,
  adminState: 'ready',
  isDown: false,
  maxConnections: 0,
  connections: 0,
};

/** Every service and server of the configuration, as the server state file says. */
const servicesIn = ({ configuration, serverStates }: HaproxyFiles): Services => {
  const states = new Map(serverStates.split('\n').map((line) => [placeOf(line), line.split(' ')]));
  const sections = configuration.split(/^(?:listen|backend) /m).slice(1);
  return new Map(
    sections.map((section) => {
      const service = section.split(' ')[0] ?? '';
      const servers = [...section.matchAll(/^ {2}server (\S+) (.*)$/gm)];
      const common = /^ {2}default-server (.*)$/m.exec(section)?.[1] ?? '';
      return [
        service,
        new Map(
          servers.map(([, name = '', words = '']) => [
            name,
            serverFrom(`${words} ${common}`, states.get(`${service}/${name}`)),
          ]),
        ),
      ];
    }),
  );
};

/** The limits of a new worker are those of its file, and nobody asks. */
const justStarted = (running: RunningLayer7): RunningLayer7 => ({
  ...running,
  services: new Map(
    [...running.services].map(([name, servers]) => [
      name,
      new Map([...servers].map(([key, server]) => [key, { ...server, maxConnections: undefined }])),
    ]),
  ),
});

const placeOf = (line: string): string => {
  const [, service, , server] = line.split(' ');
  return `${service}/${server}`;
};

const serverFrom = (words: string, state: readonly string[] = []): RunningServer => {
  const [, address = '', port, weight, limit] =
    /^\[?([\d.]+|[\da-f:]+(?=\]))\]?(?::(\d+))? id \d+ weight (\d+)(?: maxconn (\d+))?/.exec(words) ?? [];
  return {
    ...newServer,
    address,
    port: port === undefined ? 'inherit' : Number(port),
    weight: Number(state[8] === weight ? state[7] : weight),
    isEncrypted: / ssl( |$)/.test(words) && !words.includes(' no-ssl'),
    adminState: adminStateFrom(Number(state[6] ?? 0)),
    isDown: state[5] === '0',
    maxConnections: Number(limit ?? 0),
  };
};

const added = (words: string): RunningServer => ({ ...serverFrom(words), adminState: 'maint', isDown: true });

const copy = (services: Services): Services =>
  new Map([...services].map(([name, servers]) => [name, new Map(servers)]));

/** The suite's own bad word. */
const nonsenseIn = ({ configuration }: HaproxyFiles): string | undefined =>
  configuration.includes('nonsense') ? "unknown keyword 'nonsense'" : undefined;
