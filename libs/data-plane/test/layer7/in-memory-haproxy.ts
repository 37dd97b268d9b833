import { adminStateFrom } from '../../src/layer7/admin-state.ts';
import {
  type Connections,
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
  private running: { readonly structure: string; readonly services: Services } | undefined;

  observe(): Promise<RunningLayer7 | undefined> {
    this.looks += 1;
    return this.asked('everything', () => this.running && { ...this.running, services: copy(this.running.services) });
  }

  apply(steps: readonly Step[], services: readonly string[]): Promise<RunningServices> {
    return this.asked('steps', () => {
      const refused = steps.filter((step) => !this.take(step));
      if (refused[0] !== undefined) throw new HaproxyRefused(refused[0].kind, 'No such server.');
      return copy(new Map([...this.present()].filter(([name]) => services.includes(name))));
    });
  }

  replace(files: HaproxyFiles): Promise<Replacement> {
    return this.asked('files', () => {
      const words = this.refusal ?? nonsenseIn(files);
      if (words !== undefined) return { kind: 'refused', words };
      const method = this.running === undefined ? 'start' : 'reload';
      this.running = { structure: files.structure, services: servicesIn(files) };
      this.replaced.push(files);
      this.incarnation += 1;
      return { kind: 'replaced', method, running: { ...this.running, services: copy(this.running.services) } };
    });
  }

  keep(files: () => HaproxyFiles): void {
    this.kept = files();
  }

  connections(): Promise<Connections> {
    return this.asked(
      'connections',
      () => new Map([...this.present()].flatMap(([name, servers]) => counts(name, servers))),
    );
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

  private present(): Services {
    return this.running?.services ?? new Map<string, Map<string, RunningServer>>();
  }

  private async asked<Answer>(what: string, answer: () => Answer): Promise<Answer> {
    await Promise.resolve();
    if (this.isUnreachable) throw new HaproxyUnreachable(what);
    return answer();
  }

  /** False: refused. */
  private take(step: Step): boolean {
    const servers = this.present().get(step.service);
    const server = servers?.get(step.server);
    if (servers === undefined || server === undefined) return false;
    servers.set(step.server, after(step, server));
    this.done.push(step);
    return true;
  }
}

const after = (step: Step, server: RunningServer): RunningServer => {
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
      const servers = [
        ...section.matchAll(/^ {2}server (\S+) ([\d.]+)(?::(\d+))? id \d+ weight (\d+)(?: maxconn (\d+))?/gm),
      ];
      return [
        service,
        new Map(servers.map(([, name = '', ...rest]) => [name, serverFrom(rest, states.get(`${service}/${name}`))])),
      ];
    }),
  );
};

const placeOf = (line: string): string => {
  const [, service, , server] = line.split(' ');
  return `${service}/${server}`;
};

const serverFrom = (
  [address = '', port, weight, limit]: readonly string[],
  state: readonly string[] = [],
): RunningServer => ({
  ...newServer,
  address,
  port: port === undefined ? 'inherit' : Number(port),
  weight: Number(weight),
  adminState: adminStateFrom(Number(state[6] ?? 0)),
  isDown: state[5] === '0',
  maxConnections: Number(limit ?? 0),
});

const copy = (services: Services): Services =>
  new Map([...services].map(([name, servers]) => [name, new Map(servers)]));

const counts = (service: string, servers: ReadonlyMap<string, RunningServer>): [string, number][] => [
  [service, [...servers.values()].reduce((sum, { connections }) => sum + connections, 0)],
  ...[...servers].map(([name, { connections }]): [string, number] => [name, connections]),
];

/** The suite's own bad word. */
const nonsenseIn = ({ configuration }: HaproxyFiles): string | undefined =>
  configuration.includes('nonsense') ? "unknown keyword 'nonsense'" : undefined;
