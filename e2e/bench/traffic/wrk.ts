import type { Place } from '@evenkeel/testing/lab';

export type Load = {
  readonly connections: number;
  readonly seconds: number;
  /** A connection for each request instead of one for all. */
  readonly isNewEachTime?: boolean;
};

/** Requests per second that `url` answers to `place`. Throws with wrk's words when it failed, or when requests did. */
export const wrk = async (place: Place, url: string, load: Load): Promise<number> => {
  const close = load.isNewEachTime === true ? ['--header', 'Connection: close'] : [];
  const args = ['--threads', '1', '--connections', String(load.connections), '--duration', `${load.seconds}s`];
  const { stdout, stderr, code } = await place.run('wrk', [...args, ...close, url], { timeoutMs: 30_000 });
  const failures = /Socket errors: connect [1-9]|Non-2xx or 3xx responses/.exec(stdout);
  if (code !== 0 || failures !== null) throw new Error(`wrk ${url}: ${stderr}${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
};
