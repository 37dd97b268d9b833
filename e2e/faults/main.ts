// `npm run faults -- [--seed 7] [--rounds 3] [word …]`: inflicts the faults whose names have one of the words, prints the
// table, and writes docs/faults.md when nothing was left out.
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { machine } from '../bench/machine.ts';
import { longFaults, shortFaults } from './all-faults.ts';
import { Chance } from './chance.ts';
import { asDocument } from './document.ts';
import type { Fault } from './fault.ts';
import { type Outcome, runFault } from './run-fault.ts';
import { Stage } from './stage.ts';
import { asTable, broken, requestsOf } from './table.ts';

const { values, positionals: words } = parseArgs({
  options: { seed: { type: 'string' }, rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
});
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const rounds = Number(values.rounds);
const chance = new Chance(seed);

const isWanted = ({ name }: Fault): boolean => words.length === 0 || words.some((word) => name.includes(word));
const order = [...Array.from({ length: rounds }, () => chance.shuffle(shortFaults)).flat(), ...longFaults].filter(
  isWanted,
);
if (order.length === 0) {
  console.error(`no such fault. There are:\n${[...shortFaults, ...longFaults].map(({ name }) => name).join('\n')}`);
  process.exit(2);
}

const outcomes: Outcome[] = [];
const kept = async (stage: Stage, fault: Fault): Promise<boolean> => {
  const outcome = await runFault(stage, fault, chance);
  outcomes.push(outcome);
  const { sent, lost, longestGapMs } = requestsOf(outcome);
  console.log(`${fault.name}: ${sent} sent, ${lost} lost, longest gap ${Math.round(longestGapMs)} ms`);
  const wrong = broken(outcome);
  for (const line of [...wrong, ...outcome.notes]) console.log(`  ${line}`);
  return wrong.length === 0;
};

let areKept = true;
const stage = await Stage.open();
try {
  for (const fault of order) areKept = (await kept(stage, fault)) && areKept;
} finally {
  await stage.dispose();
}

const all = [...shortFaults, ...longFaults];
const inOrder = outcomes.toSorted((one, other) => all.indexOf(one.fault) - all.indexOf(other.fault));
console.log(`\nSeed ${seed}\n\n${asTable(inOrder)}\n`);
console.log(areKept ? 'Every promise was kept.' : 'Promises were broken: see above.');
if (words.length === 0) {
  const facts = { seed, rounds, date: new Date().toISOString().slice(0, 10), machine: await machine() };
  await writeFile(new URL('../../docs/faults.md', import.meta.url), asDocument(inOrder, facts));
}
process.exitCode = areKept ? 0 : 1;
