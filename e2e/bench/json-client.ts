import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';

export type JsonClientOptions = {
  readonly address: string;
  readonly port: number;
  readonly token: string;
  /** The server's own, in PEM: it is checked like any other. */
  readonly certificate: string;
};

export type JsonAnswer<Body> = { readonly status: number; readonly body: Body };

/** The REST API on one connection that stays open, as a program uses it that changes something many times. */
export class JsonClient {
  private readonly agent: Agent;

  constructor(private readonly options: JsonClientOptions) {
    this.agent = new Agent({ keepAlive: true, maxSockets: 1, ca: options.certificate });
  }

  /** Throws, with the answer, unless the status is 2xx. */
  async call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Body> {
    const answer = await this.send<Body>(method, path, body, headers);
    if (answer.status < 200 || answer.status > 299)
      throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  get<Body = unknown>(path: string): Promise<Body> {
    return this.call('GET', path);
  }

  close(): void {
    this.agent.destroy();
  }

  private send<Body>(
    method: string,
    path: string,
    body: unknown,
    headers: Readonly<Record<string, string>>,
  ): Promise<JsonAnswer<Body>> {
    const { address, port, token } = this.options;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const content =
      text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          agent: this.agent,
          host: address,
          port,
          method,
          path: `/api/v1${path}`,
          headers: { Authorization: `Bearer ${token}`, ...content, ...headers },
          timeout: 20_000,
        },
        (response) => {
          readAll(response).then(
            (read) => resolve({ status: response.statusCode ?? 0, body: JSON.parse(read) as Body }),
            reject,
          );
        },
      );
      asked.once('error', reject);
      asked.once('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer within 20 s`)));
      asked.end(text);
    });
  }
}

const readAll = async (response: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};
