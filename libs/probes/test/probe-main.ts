import type { ProbingCheck } from '@evenkeel/contracts';
import { SystemClock } from '@evenkeel/kernel/system';
import { Probes } from '../src/index.ts';

/** Asks once, from wherever this process runs, and prints what came of it. */
const [check, target] = JSON.parse(process.argv[2] ?? '') as [ProbingCheck, { address: string; port: number }];
console.log(JSON.stringify(await new Probes(new SystemClock()).probe(check, target)));
