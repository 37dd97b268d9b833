const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof unitMs;

/** `500ms`, `5s`, `30m`, `12h`, `7d`: a whole number and one unit. */
export const durationPattern = /^(\d{1,9})(ms|s|m|h|d)$/;

/** Milliseconds of a written duration; undefined when it is not one. */
export const durationMs = (written: string): number | undefined => {
  const match = durationPattern.exec(written);
  return match === null ? undefined : Number(match[1]) * unitMs[match[2] as Unit];
};

/** The shortest exact form, so that `60s` and `1m` are stored alike. */
export const writeDuration = (ms: number): string => {
  const units: readonly Unit[] = ['d', 'h', 'm', 's'];
  const unit = units.find((candidate) => ms > 0 && ms % unitMs[candidate] === 0) ?? 'ms';
  return `${ms / unitMs[unit]}${unit}`;
};
