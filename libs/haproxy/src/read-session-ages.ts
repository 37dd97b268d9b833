/**
 * Age in seconds of the oldest session to each server, by its name, in an answer to `show sess`. HAProxy writes an age as
 * one or two units, `12s`, `1h20m` or `2d3h`, and the rest is lost.
 */
export const oldestIn = (answer: string): ReadonlyMap<string, number> => {
  const oldest = new Map<string, number>();
  for (const [, server = '', age = ''] of answer.matchAll(/^0x[0-9a-f]+: .*? srv=(\S+) .*? age=(\S+) /gm))
    oldest.set(server, Math.max(oldest.get(server) ?? 0, secondsOf(age)));
  return oldest;
};

const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

const secondsOf = (age: string): number =>
  [...age.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (unitSeconds[unit] ?? 0),
    0,
  );
