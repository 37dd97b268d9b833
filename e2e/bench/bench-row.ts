/** One measured thing. A target is part of the row, so that the table says by itself what was missed. */
export type BenchRow = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same thing done by something else, in the same run. */
  readonly peer?: { readonly name: string; readonly value: number };
  /** Ours divided by the peer's. */
  readonly ratio?: number;
  /** In words: `at least 3 × Emmett`. */
  readonly target?: string;
  /** Undefined without a target. */
  readonly met?: boolean;
};

const columns = ['What', 'Evenkeel', 'Peer', 'Ratio', 'Target', 'Met'] as const;

/** The rows as a table in Markdown. */
export const asTable = (rows: readonly BenchRow[]): string =>
  [columns, columns.map(() => '---'), ...rows.map(cells)].map((row) => `| ${row.join(' | ')} |`).join('\n');

const cells = ({ name, value, unit, peer, ratio, target, met }: BenchRow): string[] => [
  name,
  `${written(value)} ${unit}`,
  peer === undefined ? '' : `${peer.name}: ${written(peer.value)} ${unit}`,
  ratio === undefined ? '' : ratio.toFixed(2),
  target ?? '',
  met === undefined ? '' : met ? 'yes' : '**no**',
];

/** Three figures say more than the machine can repeat. */
const written = (value: number): string =>
  Number(value.toPrecision(3)).toLocaleString('en-GB', { maximumFractionDigits: 3 });
