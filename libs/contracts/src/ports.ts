import * as z from 'zod';

export const Port = z.int().min(1).max(65_535).meta({ id: 'Port' });

/** Ports from one to another, both included. */
export type Span = { readonly from: number; readonly to: number };

const rangePattern = /^(\d{1,5})-(\d{1,5})$/;

/** The ports that an item of `Ports` stands for. */
export const spanOf = (item: PortItem): Span => {
  if (typeof item === 'number') return { from: item, to: item };
  const [, from, to] = rangePattern.exec(item) ?? [];
  return { from: Number(from), to: Number(to) };
};

const isRising = ({ from, to }: Span): boolean => from >= 1 && from <= to && to <= 65_535;

const PortRange = z
  .string()
  .regex(rangePattern, 'a range such as "8000-8010"')
  .refine((written) => isRising(spanOf(written)), 'from a port to a higher one, 1 to 65535');

/** One port, or a range of them: `80`, `8000-8010`. */
export const PortItem = z
  .union([Port, PortRange])
  .meta({ id: 'PortOrRange', description: 'One port, or a range of them: 8000-8010' });
export type PortItem = number | string;

/** Lowest first. */
const spansOf = (ports: readonly PortItem[]): readonly Span[] => ports.map(spanOf).toSorted((a, b) => a.from - b.from);

const areApart = (ports: readonly PortItem[]): boolean =>
  spansOf(ports).every(({ from }, index, spans) => index === 0 || (spans[index - 1]?.to ?? 0) < from);

/**
 * In one form: lowest first, and what touches a range is part of it. Single ports that touch stay single: their service may
 * have a check that goes to the first of them, and no range has a first among equals.
 */
const inOneForm = (ports: readonly PortItem[]): PortItem[] =>
  runsOf(spansOf(ports)).flatMap((run): PortItem[] =>
    run.some(({ from, to }) => from < to) ? [`${run[0]?.from}-${run.at(-1)?.to}`] : run.map(({ from }) => from),
  );

/** Spans that touch each other, together. */
const runsOf = (spans: readonly Span[]): readonly (readonly Span[])[] => {
  const runs: Span[][] = [];
  for (const span of spans) {
    const last = runs.at(-1);
    if (last?.at(-1)?.to === span.from - 1) last.push(span);
    else runs.push([span]);
  }
  return runs;
};

/** The ports of one service, each once. Stored in one form, so that the same ports are the same value. */
export const Ports = z.array(PortItem).min(1).max(64).refine(areApart, 'each port once').overwrite(inOneForm);

/** At the most this many in one service of layer 7: HAProxy opens a socket for each, and the kernel none for those of layer 4. */
export const layer7PortsMax = 1_024;
export const Layer7Ports = Ports.refine(
  (ports) => countOf(ports) <= layer7PortsMax,
  `at most ${layer7PortsMax} ports in all: HAProxy opens each of them`,
);

/** How many ports these are. */
export const countOf = (ports: readonly PortItem[]): number =>
  ports.map(spanOf).reduce((sum, { from, to }) => sum + to - from + 1, 0);

export const hasPort = (ports: readonly PortItem[], port: number): boolean =>
  ports.map(spanOf).some(({ from, to }) => from <= port && port <= to);

export const hasRange = (ports: readonly PortItem[]): boolean => ports.some((item) => typeof item === 'string');

/** The lowest port that both have; undefined when they have none in common. */
export const sharedPort = (one: Span, other: Span): number | undefined => {
  const lowest = Math.max(one.from, other.from);
  return lowest <= Math.min(one.to, other.to) ? lowest : undefined;
};
