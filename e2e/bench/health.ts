import type { BenchRow } from './bench-row.ts';
import { flapping } from './health/flapping.ts';
import { frozen } from './health/frozen.ts';
import { moved } from './health/moved.ts';
import { pace } from './health/pace.ts';

/** What checks cost, and how soon traffic follows them. Takes some seven minutes. */
export const run = async (): Promise<BenchRow[]> => [
  ...(await pace()),
  ...(await moved()),
  ...(await frozen()),
  ...(await flapping()),
];
