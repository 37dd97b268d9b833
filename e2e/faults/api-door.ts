import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';

export type Answer<Body> = { readonly status: number; readonly body: Body };

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

const patienceMs = 15_000;

/** The REST API, through a socket that leads to where the gateway can be reached. */
export class ApiDoor {
  /** A connection each: one that was kept may just be closed by the other side, and that would count as a fault of ours. */
  private readonly agent = new Agent({ keepAlive: false, maxSockets: 8 });

  constructor(
    private readonly socketPath: string,
    private readonly token: string,
  ) {}

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
    const { socketPath, token, agent } = this;
    const text = body === undefined ? undefined : JSON.stringify(body);
    const content =
      text === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) };
    const headers = { Host: 'evenkeel', Authorization: `Bearer ${token}`, ...content, ...own };
    return new Promise((resolve, reject) => {
      // The certificate is checked by the journeys; here it would only tie us to the gateway's first start.
      const manner = { agent, socketPath, rejectUnauthorized: false, timeout: patienceMs } as const;
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
