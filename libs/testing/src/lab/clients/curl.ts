import { type Place } from '../programs/place.ts';

export type CurlOptions = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole request; 3,000 unless told. */
  readonly timeoutMs?: number;
};

/** `status` is 0 when no answer came; `evidence` is then curl's own reason, and the status line otherwise. */
export type CurlAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
  readonly evidence: string;
};

/** One HTTP request from a place, past any proxy. Follows no redirect. Throws only when curl cannot be started. */
export const curl = async (place: Place, url: string, options: CurlOptions = {}): Promise<CurlAnswer> => {
  const { method = 'GET', headers = {}, timeoutMs = 3_000 } = options;
  const verb = method === 'HEAD' ? ['--head'] : ['--request', method, '--include'];
  const fields = Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const manner = ['--silent', '--show-error', '--noproxy', '*', '--max-time', String(timeoutMs / 1_000)];
  const { stdout, stderr, code } = await place.run('curl', [...manner, ...verb, ...fields, url]);
  if (code !== 0) return { status: 0, headers: new Headers(), body: '', evidence: stderr.trim() };
  return parseAnswer(stdout);
};

const parseAnswer = (text: string): CurlAnswer => {
  const headEnd = text.indexOf('\r\n\r\n');
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const headers = new Headers(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: text.slice(headEnd + 4),
    evidence: statusLine.trim(),
  };
};
