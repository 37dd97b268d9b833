import type { IncomingMessage } from 'node:http';
import { Agent, type AgentOptions, request, type RequestOptions } from 'node:https';

/** Where the API is and how its server is known: `host` and `port`, or the `socketPath` of a way to it. */
export type Way = Pick<RequestOptions, 'host' | 'port' | 'socketPath' | 'rejectUnauthorized'> & {
  readonly token: string;
  /** How connections are kept, and whose certificates are trusted. */
  readonly agent: AgentOptions;
  readonly patienceMs: number;
};

type Answer<Body> = { readonly status: number; readonly body: Body };

/** The API did not say yes: what it said. */
export class NotDone extends Error {
  override readonly name = 'NotDone';

  constructor(
    what: string,
    readonly status: number,
    body: unknown,
  ) {
    super(`${what}: ${status} ${JSON.stringify(body)}`);
  }
}

/** The REST API as a program uses it that changes something many times. */
export class JsonClient {
  private readonly agent: Agent;

  constructor(private readonly way: Way) {
    this.agent = new Agent(way.agent);
  }

  /** Throws `NotDone` unless the status is 2xx, and what the connection throws. */
  async call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Body> {
    const answer = await this.send<Body>(method, path, body, headers);
    if (answer.status < 200 || answer.status > 299) throw new NotDone(`${method} ${path}`, answer.status, answer.body);
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
    own: Readonly<Record<string, string>>,
  ): Promise<Answer<Body>> {
    const { token, patienceMs, host, port, socketPath, rejectUnauthorized } = this.way;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const content =
      text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const headers = { Authorization: `Bearer ${token}`, ...content, ...own };
    const where = { host, port, socketPath, rejectUnauthorized };
    const manner = { ...where, agent: this.agent, timeout: patienceMs };
    return new Promise((resolve, reject) => {
      const asked = request({ ...manner, method, path: `/api/v1${path}`, headers }, (response) => {
        readAll(response).then(
          (read) => resolve({ status: response.statusCode ?? 0, body: parsed<Body>(read) }),
          reject,
        );
      });
      asked.on('error', reject); // one that nobody hears would end the process
      asked.once('timeout', () => asked.destroy(new Error(`${method} ${path}: no answer within ${patienceMs} ms`)));
      asked.end(text);
    });
  }
}

const parsed = <Body>(text: string): Body => (text === '' ? undefined : JSON.parse(text)) as Body;

const readAll = async (response: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
};
