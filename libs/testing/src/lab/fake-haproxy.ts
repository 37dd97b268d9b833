import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** What a start or a reload is given: haproxy.cfg, the server state file, the name of the configuration. */
type Files = { readonly configuration: string; readonly serverStates: string; readonly name: string };
type Replaced =
  | { readonly kind: 'replaced'; readonly method: 'start' | 'reload' }
  | { readonly kind: 'refused'; readonly words: string };

/** `state`: 0 ready, 1 maint, 8 drain. */
type FakeServer = {
  id: string;
  address: string;
  port: string;
  state: number;
  isUp: boolean;
  weight: string;
  limit: string;
  isEncrypted: boolean;
};
type FakeService = { readonly id: string; readonly servers: Map<string, FakeServer> };

/**
 * A HAProxy that serves nobody, on a real unix socket: for benchmarks with many workers, where real ones would measure
 * the machine. It understands what Evenkeel renders and the commands that Evenkeel sends, answers them as 2.6.12 does, and
 * takes the place of a HAProxy process. The suite of the engine's port is run against it and against the real one.
 */
export class FakeHaproxy {
  incarnation = 0;
  /** Commands that came over the socket, in order. */
  readonly heard: string[] = [];
  /** As 3.0 does, and 2.6 does not. */
  addsCookies = false;
  private name: string | undefined;
  private services = new Map<string, FakeService>();

  private constructor(
    private readonly server: Server,
    private readonly socketPath: string,
  ) {}

  /** Listens in `folder`, which is the caller's to make and to remove. */
  static async start(folder: string): Promise<FakeHaproxy> {
    const socketPath = join(folder, 'worker.sock');
    // Half open: HAProxy answers after the other side has said its line and closed its half.
    const server = createServer({ allowHalfOpen: true });
    const fake = new FakeHaproxy(server, socketPath);
    server.on('connection', (socket) => fake.serve(socket));
    server.listen(socketPath);
    await once(server, 'listening');
    return fake;
  }

  /** Undefined until it has been given files. */
  get workerSocket(): string | undefined {
    return this.name === undefined ? undefined : this.socketPath;
  }

  replace({ configuration, serverStates, name }: Files): Promise<Replaced> {
    const nonsense = /^ *nonsense$/m.exec(configuration)?.[0];
    if (nonsense !== undefined)
      return Promise.resolve({ kind: 'refused', words: `unknown keyword '${nonsense.trim()}'` });
    const method = this.name === undefined ? 'start' : 'reload';
    this.name = name;
    this.services = servicesIn(configuration, serverStates);
    this.incarnation += 1;
    return Promise.resolve({ kind: 'replaced', method });
  }

  /** It has no disk. */
  keep(): void {
    return undefined;
  }

  /** Its old workers end at once. */
  askOldWorkers(): Promise<readonly []> {
    return Promise.resolve([]);
  }

  askOldWorker(): Promise<string> {
    return Promise.resolve('');
  }

  async stop(): Promise<void> {
    this.server.close();
    await once(this.server, 'close');
  }

  private serve(socket: Socket): void {
    let line = '';
    socket.on('error', () => undefined);
    socket.setEncoding('utf8').on('data', (part: string) => (line += part));
    socket.once('end', () => {
      const commands = line.trim().split(/ *; */);
      this.heard.push(...commands);
      socket.end(commands.map((command) => this.answer(command.split(' '))).join(''));
    });
  }

  /** An answer ends with an empty line; an empty answer is that line alone. Not so when a server is deleted. */
  private answer(words: readonly string[]): string {
    const text = this.say(words);
    return text === '' || words[0] === 'del' ? `${text}\n` : `${text}\n\n`;
  }

  private say(words: readonly string[]): string {
    const [verb, what, place = '', ...rest] = words;
    switch (`${verb} ${what}`) {
      case 'show info':
        return `Name: HAProxy\nVersion: 2.6.12-fake\nPid: ${process.pid}\ndescription: ${this.name ?? ''}`;
      case 'show servers':
        return `1\n# ${stateColumns}\n${this.lines(rest[0], stateLine)}`.trimEnd();
      case 'show stat':
        return `# pxname,svname,qcur,qmax,scur,smax,slim,\n${this.lines(place, statisticsLine, rest[0])}`.trimEnd();
      case 'add server':
        return this.add(place, rest);
      case 'del server':
        return this.remove(place);
      case 'set server':
        return this.change(place, (server) => setServer(server, rest));
      case 'set maxconn':
        return this.change(rest[0] ?? '', (server) => (server.limit = rest[1] === '0' ? '' : (rest[1] ?? '')));
      case 'shutdown sessions':
        return this.change(rest[0] ?? '', () => undefined);
      case 'clear table':
        return this.services.has(place) ? '' : 'No such table';
      default:
        return 'Unknown command.';
    }
  }

  private add(place: string, words: readonly string[]): string {
    const [service = '', name = ''] = place.split('/');
    const servers = this.services.get(service)?.servers;
    if (servers === undefined) return 'No such backend.';
    if (servers.has(name)) return 'Already exists a server with the same name in backend.';
    if (words.includes('cookie') && !this.addsCookies) return "'cookie' option is not accepted for dynamic server";
    const [, unknown] =
      /^(?:\S+)(?: (?:ssl|send-proxy\S*|(?:id|weight|maxconn|cookie|pool-\S+|verify|ca-file|sni|verifyhost) \S+))*(?: (\S+).*)?$/.exec(
        words.join(' '),
      ) ?? [];
    if (unknown !== undefined) return `unknown keyword '${unknown}'.`;
    servers.set(name, { ...serverFrom(words.join(' ')), state: 1, isUp: false });
    return 'New server registered.';
  }

  private remove(place: string): string {
    const [service = '', name = ''] = place.split('/');
    const server = this.services.get(service)?.servers.get(name);
    if (server === undefined) return 'No such server.';
    if (server.state !== 1) return 'Only servers in maintenance mode can be deleted.';
    this.services.get(service)?.servers.delete(name);
    return 'Server deleted.';
  }

  private change(place: string, change: (server: FakeServer) => void): string {
    const [service = '', name = ''] = place.split('/');
    const server = this.services.get(service)?.servers.get(name);
    if (server === undefined) return 'No such server.';
    change(server);
    return '';
  }

  /** Of one service, or of all (nothing, or -1). `types` is a set of bits: 1 has frontends, 4 has servers. */
  private lines(only: string | undefined, write: Writer, types = '4'): string {
    const isAll = only === undefined || only === '-1';
    const services = [...this.services].filter(([name]) => isAll || name === only);
    const withFrontends = (Number(types) & 1) !== 0;
    return services
      .flatMap(([name, service]) => [
        ...(withFrontends ? [`${name},FRONTEND,,,0,0,,`] : []),
        ...[...service.servers].map(([server, state]) => write(name, service, server, state)),
      ])
      .join('\n');
  }
}

type Writer = (service: string, it: FakeService, server: string, state: FakeServer) => string;

const stateColumns =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port srv_use_ssl';

const stateLine: Writer = (service, { id }, server, { id: serverId, isEncrypted, ...it }) =>
  [id, service, serverId, server, it.address, it.isUp ? 2 : 0, it.state, it.weight, it.port, isEncrypted ? 1 : 0].join(
    ' ',
  );

const statisticsLine: Writer = (service, _, server, { limit }) => `${service},${server},0,0,0,0,${limit},`;

const setServer = (server: FakeServer, [field, value = '', , port]: readonly string[]): void => {
  if (field === 'weight') server.weight = value;
  if (field === 'addr') [server.address, server.port] = [value, port ?? server.port];
  if (field === 'health' && server.state !== 1) server.isUp = value === 'up';
  if (field !== 'state') return;
  // Leaving maintenance brings a server up, whatever was said of its health before.
  server.isUp = value !== 'maint' && (server.state === 1 || server.isUp);
  server.state = value === 'maint' ? 1 : value === 'drain' ? 8 : 0;
};

const servicesIn = (configuration: string, serverStates: string): Map<string, FakeService> => {
  const states = new Map(
    serverStates.split('\n').map((line) => [line.split(' ').slice(1, 4).join(' '), line.split(' ')]),
  );
  const sections = configuration.split(/^(?:listen|backend) /m).slice(1);
  return new Map(
    sections.map((section) => {
      const name = section.slice(0, section.indexOf(' '));
      const id = /^ {2}id (\d+)$/m.exec(section)?.[1] ?? '';
      const common = /^ {2}default-server (.*)$/m.exec(section)?.[1] ?? '';
      const servers = [...section.matchAll(serverLine)].map(([, server = '', words = '']) => {
        const fake = serverFrom(`${words} ${common}`);
        const [, , , , , isUp = '2', state = '0', weight = '', configured] =
          states.get(`${name} ${fake.id} ${server}`) ?? [];
        const weighs = configured === fake.weight ? { weight } : {};
        return [server, { ...fake, ...weighs, state: Number(state), isUp: isUp !== '0' }] as const;
      });
      return [name, { id, servers: new Map(servers) }];
    }),
  );
};

const serverLine = /^ {2}server (\S+) (.*)$/gm;

/** From what stands after its name. */
const serverFrom = (words: string): FakeServer => {
  const [, address = '', port = '0', id = '', weight = '', limit = ''] =
    /^\[?([\d.]+|[\da-f:]+(?=\]))\]?(?::(\d+))? id (\d+) weight (\d+)(?: maxconn (\d+))?/.exec(words) ?? [];
  const isEncrypted = / ssl( |$)/.test(words) && !words.includes(' no-ssl');
  return { id, address, port, weight, limit, isEncrypted, state: 0, isUp: true };
};
