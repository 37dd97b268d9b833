// `npm run faults [-- --seed 7 --rounds 3 name …]`: inflicts faults, prints the table, and writes docs/faults.md when
// nothing was left out.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { machine } from '../bench/machine.ts';
import { allFaults } from './all-faults.ts';
import { Chance } from './chance.ts';
import { type Outcome, runFault } from './run-fault.ts';
import { Stage } from './stage.ts';
import { asTable, broken, requestsOf } from './table.ts';

const { values, positionals: wanted } = parseArgs({
  options: { seed: { type: 'string' }, rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const chance = new Chance(seed);

/** Faults whose name has one of the wanted words. */
const faults = allFaults.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
if (faults.length === 0) {
  console.error(`no such fault. There are:\n${allFaults.map(({ name }) => name).join('\n')}`);
  process.exit(2);
}

const outcomes: Outcome[] = [];
const wrong: string[] = [];
const stage = await Stage.open();
try {
  for (let round = 1; round <= Number(values.rounds); round += 1) {
    for (const fault of chance.shuffle(faults)) {
      const outcome = await runFault(stage, fault, chance);
      outcomes.push(outcome);
      const { sent, lost, longestGapMs } = requestsOf(outcome);
      const words = broken(outcome).map((one) => `${fault.name}: ${one}`);
      wrong.push(...words);
      console.log(
        `round ${round}, ${fault.name}: ${sent} sent, ${lost} lost, gap ${Math.round(longestGapMs)} ms, well after ${Math.round(outcome.wellAfterMs)} ms`,
      );
      words.forEach((one) => console.log(`  ${one}`));
    }
  }
} finally {
  await stage.dispose();
}

const inOrder = outcomes.toSorted((one, other) => allFaults.indexOf(one.fault) - allFaults.indexOf(other.fault));
const table = asTable(inOrder);
console.log(`\nSeed ${seed}\n\n${table}\n`);
console.log(wrong.length === 0 ? 'Every promise was kept.' : `Promises broken:\n${wrong.join('\n')}`);
process.exitCode = wrong.length === 0 ? 0 : 1;
