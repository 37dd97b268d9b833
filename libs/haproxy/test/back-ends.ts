import { once } from 'node:events';
import {
  type Agent,
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A server behind HAProxy that says who it is. */
export type BackEnd = {
  readonly name: string;
  readonly port: number;
  /** Connections so far. */
  readonly accepted: number;
  close(): Promise<void>;
};

/** HTTP: answers with its name, and with the headers that it was asked with in `x-asked`. */
export const webServer = async (name: string, address = '127.0.0.1', port = 0): Promise<BackEnd> => {
  const server = createHttpServer(({ headers }, response) => {
    response.writeHead(200, { 'x-asked': JSON.stringify(headers) }).end(name);
  });
  return listening(name, server, address, port);
};

/** `waiting`: requests that have no answer yet. */
export type SlowBackEnd = BackEnd & { readonly waiting: number; answer(): void };

/** HTTP: takes requests, and answers them with its name when told to. */
export const slowServer = async (name: string): Promise<SlowBackEnd> => {
  const waiting: ServerResponse[] = [];
  const server = createHttpServer((_request, response) => void waiting.push(response));
  const backEnd = await listening(name, server, '127.0.0.1', 0);
  const answer = (): void => waiting.splice(0).forEach((response) => response.end(name));
  return {
    name,
    port: backEnd.port,
    get accepted() {
      return backEnd.accepted;
    },
    get waiting() {
      return waiting.length;
    },
    close: () => backEnd.close(),
    answer,
  };
};

/** TCP: says its name when somebody connects, then says everything back. */
export const echoServer = async (name: string): Promise<BackEnd> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(`${name}\n`);
    socket.pipe(socket);
  });
  return listening(name, server, '127.0.0.1', 0);
};

const listening = async (name: string, server: Server, address: string, port: number): Promise<BackEnd> => {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(port, address);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    server.close();
    sockets.forEach((socket) => socket.destroy());
    await once(server, 'close');
  };
  return {
    name,
    port: (server.address() as AddressInfo).port,
    get accepted() {
      return accepted;
    },
    close,
  };
};

export type Answer = {
  readonly status: number;
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
  /** The cookie that HAProxy set, as a client would send it back. */
  readonly cookie: string | undefined;
};

/** One request, on a connection of its own unless there is an `agent`. `from`: the client's address. */
export const get = (
  port: number,
  options: { readonly from?: string; readonly cookie?: string; readonly agent?: Agent } = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { from = '127.0.0.1', cookie, agent = false } = options;
    const headers = cookie === undefined ? {} : { cookie };
    request({ host: '127.0.0.1', port, headers, localAddress: from, agent }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          body,
          headers: response.headers,
          cookie: response.headers['set-cookie']?.[0]?.split(';')[0],
        }),
      );
    })
      .once('error', reject)
      .end();
  });

/** A TCP client that stays connected. */
export class Client {
  private readonly socket: Socket;
  private heard = '';

  private constructor(port: number, from: string) {
    this.socket = connect({ port, host: '127.0.0.1', localAddress: from });
    this.socket.setEncoding('utf8').on('data', (text: string) => (this.heard += text));
    this.socket.on('error', () => undefined);
  }

  /** Connects and hears who answers. */
  static async connect(port: number, from = '127.0.0.1'): Promise<Client> {
    const client = new Client(port, from);
    await client.hears('\n');
    return client;
  }

  /** Who is on the other side; empty when nobody was. */
  get server(): string {
    return this.heard.split('\n')[0] ?? '';
  }

  get isOpen(): boolean {
    return this.socket.readyState === 'open';
  }

  /** Whether the other side still says back what it is told. */
  async talks(): Promise<boolean> {
    if (!this.isOpen) return false;
    this.heard = `${this.server}\n`;
    this.socket.write('hello\n');
    await this.hears('hello\n');
    return this.heard.includes('hello\n');
  }

  /** Resolves when the other side has closed. */
  async closed(): Promise<void> {
    if (!this.socket.closed) await once(this.socket, 'close');
  }

  close(): void {
    this.socket.destroy();
  }

  private async hears(text: string): Promise<void> {
    while (!this.heard.includes(text) && !this.socket.closed) {
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
  }
}
