// `npm run bench`: measures, prints the tables, and puts them into docs/benchmarks.md. `npm run bench fleet`: that one alone, into the
// document only with `-- --write`.
// `npm run bench ha -- [--repetitions 10] [--busy-minutes 10]`
import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { run as append } from './append.ts';
import { asTable, type BenchRow } from './bench-row.ts';
import { run as change } from './change.ts';
import { renewed } from './document.ts';
import { run as fleet } from './fleet.ts';
import { run as ha } from './ha.ts';
import { run as health } from './health.ts';
import { run as rebuild } from './rebuild.ts';
import { run as scale } from './scale.ts';
import { run as start } from './start.ts';
import { run as structural } from './structural.ts';
import { run as traffic } from './traffic.ts';
import { machine } from './machine.ts';

const { values, positionals: wanted } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '10' },
    'busy-minutes': { type: 'string', default: '10' },
    /** Put the benchmarks that were named into the document; all of them go there anyway. */
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const haOptions = { repetitions: Number(values.repetitions), busyMinutes: Number(values['busy-minutes']) };

const benches: Readonly<Record<string, () => Promise<BenchRow[]>>> = {
  change,
  fleet,
  structural,
  scale,
  append,
  rebuild,
  traffic,
  health,
  start,
  ha: () => ha(haOptions),
};

const caution =
  'On a machine with neighbours everything, floors and peers too, may take twice as long in the next run. So read a ' +
  'time beside the floors and peers of its own run.';

const unknown = wanted.filter((name) => !Object.hasOwn(benches, name));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}. There are: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}

const measured = new Map<string, string>();
let hasMissed = false;
for (const [name, bench] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const rows = await bench();
  hasMissed ||= rows.some(({ met }) => met === false);
  const section = `## ${name}\n\n${asTable(rows)}`;
  console.log(`${section}\n`);
  measured.set(name, section);
}

if (wanted.length === 0 || values.write) {
  const file = new URL('../../docs/benchmarks.md', import.meta.url);
  const preamble = [
    '# Benchmarks',
    'Written by `npm run bench`. Each section is of one run: peers are measured in it, on the same machine and the same servers.',
    caution,
    await machine(),
  ];
  await writeFile(file, renewed(await readFile(file, 'utf8'), preamble.join('\n\n'), measured));
}
process.exitCode = hasMissed ? 1 : 0;
