import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { type LabProcess, makeTempFolder, thisMachine, until } from '@evenkeel/testing/lab';
import type { BenchRow } from './bench-row.ts';
import { nodeArguments } from './box.ts';
import { median } from './times.ts';
import { memoryOf, programOf, withDescendants } from './usage.ts';

const starts = 5;
const appliance = join(import.meta.dirname, '../../services/appliance/src/main.ts');

/** A warm start to the line that says ready, as the box itself tells it, and the memory of what runs then. */
export const run = async (): Promise<BenchRow[]> => {
  const folder = await makeTempFolder('bench-start');
  await chmod(folder.path, 0o755); // Postgres runs as a user of its own
  try {
    const seconds: number[] = [];
    let memory: readonly Used[] = [];
    for (let turn = 0; turn <= starts; turn += 1) {
      const process = await startBox(join(folder.path, 'box'));
      if (turn > 0) seconds.push(readySeconds(process)); // the first one makes the database
      memory = await memoryByName(process.pid);
      await process.stop(20_000);
    }
    const value = median(seconds);
    return [
      { name: 'warm start to ready', value, unit: 's', target: 'at most 3 s', met: value <= 3 },
      ...memory.map(({ name, mebibytes }) => ({ name: `memory of ${name} (PSS)`, value: mebibytes, unit: 'MiB' })),
    ];
  } finally {
    await folder.remove();
  }
};

const startBox = async (data: string): Promise<LabProcess> => {
  const process = thisMachine.spawn('node', [...nodeArguments, appliance], {
    EVENKEEL_DATA: data,
    EVENKEEL_HTTPS_PORT: '0',
  });
  const isReady = (): Promise<boolean> => Promise.resolve(process.lastWords.includes('SHA-256'));
  await until('the box is ready', isReady, { withinMs: 60_000, process });
  return process;
};

const readySeconds = ({ lastWords }: LabProcess): number => Number(/ready after ([\d.]+) s/.exec(lastWords)?.[1]);

type Used = { readonly name: string; readonly mebibytes: number };

/** The box and its children by program name. */
const memoryByName = async (pid: number): Promise<Used[]> => {
  const used = new Map<string, number>();
  for (const one of await withDescendants(pid)) {
    const name = one === pid ? 'the appliance' : await programOf(one);
    used.set(name, (used.get(name) ?? 0) + (await memoryOf(one)));
  }
  return [...used].map(([name, mebibytes]) => ({ name, mebibytes }));
};
