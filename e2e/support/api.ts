import type { LabProcess, Place } from '@evenkeel/testing/lab';

export type ApiAnswer<Body = unknown> = { readonly status: number; readonly headers: Headers; readonly body: Body };
export type ApiCall = {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
};

/** The REST API as a script uses it: curl, from wherever the caller is. */
export class Api {
  constructor(
    private readonly place: Place,
    /** `https://192.168.85.20:9443` */
    private readonly origin: string,
    private readonly token: string,
  ) {}

  async call<Body = unknown>(method: string, path: string, call: ApiCall = {}): Promise<ApiAnswer<Body>> {
    const headers = { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json', ...call.headers };
    const fields = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
    const sent = call.body === undefined ? [] : ['--data-binary', '@-'];
    const manner = ['--silent', '--show-error', '--insecure', '--include', '--noproxy', '*'];
    const limit = ['--max-time', String((call.timeoutMs ?? 15_000) / 1_000)];
    const args = [...manner, ...limit, '--request', method, ...fields, ...sent, `${this.origin}/api/v1${path}`];
    const input = call.body === undefined ? {} : { input: JSON.stringify(call.body) };
    const { stdout, stderr, code } = await this.place.run('curl', args, { timeoutMs: 20_000, ...input });
    if (code !== 0) throw new Error(`${method} ${path}: ${stderr}`);
    return answerIn<Body>(stdout);
  }

  /** A stream of events, as long as it goes on; what it tells is what the process says. */
  listen(path: string, withinMs: number): LabProcess {
    const manner = ['--silent', '--show-error', '--insecure', '--no-buffer', '--noproxy', '*'];
    const limit = ['--max-time', String(withinMs / 1_000)];
    const who = ['--header', `Authorization: Bearer ${this.token}`, '--header', 'Accept: text/event-stream'];
    return this.place.spawn('curl', [...manner, ...limit, ...who, `${this.origin}/api/v1${path}`]);
  }

  get<Body = unknown>(path: string): Promise<ApiAnswer<Body>> {
    return this.call<Body>('GET', path);
  }

  post<Body = unknown>(
    path: string,
    body: unknown = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiAnswer<Body>> {
    return this.call<Body>('POST', path, { body, headers });
  }
}

const answerIn = <Body>(text: string): ApiAnswer<Body> => {
  const end = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = text.slice(end + 4);
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: (body === '' ? undefined : JSON.parse(body)) as Body,
  };
};
