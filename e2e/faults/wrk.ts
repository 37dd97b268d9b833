import type { Place } from '@evenkeel/testing/lab';

/** What wrk says that it has met. */
export type WrkOutcome = {
  readonly requests: number;
  /** Connections that did not come about. */
  readonly connect: number;
  /** Connections that ended under a request, or did not take one. */
  readonly cut: number;
  /** Requests that took longer than two seconds. */
  readonly late: number;
  /** Answers that were none of 2xx and 3xx. */
  readonly bad: number;
};

/** As many requests as four connections can carry, on kept ones or each on its own. Throws with wrk's words. */
export const wrkFor = async (place: Place, url: string, seconds: number, isKept: boolean): Promise<WrkOutcome> => {
  const close = isKept ? [] : ['--header', 'Connection: close'];
  const args = ['--threads', '1', '--connections', '4', '--duration', `${seconds}s`, ...close, url];
  const { stdout, stderr, code } = await place.run('wrk', args, { timeoutMs: (seconds + 60) * 1_000 });
  if (code === undefined) throw new Error(`wrk ${url}: still at work a minute after its time, so it has no figures`);
  if (code !== 0) throw new Error(`wrk ${url}: ${stderr}${stdout}`);
  const count = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
  const errors = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(stdout) ?? [];
  const [, connect = 0, read = 0, write = 0, late = 0] = errors.map(Number);
  return {
    requests: count(/(\d+) requests in/),
    connect,
    cut: read + write,
    late,
    bad: count(/Non-2xx or 3xx responses: (\d+)/),
  };
};
