// `npm run sim -- [--first 1] [--seeds 100000]`: tells so many stories, on all cores, and says which of them broke something.
// `npm run sim -- --seed 7`: one of them, as short as it can be told, with what every node did.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { describeStory, shrunk, storyOf, tell } from './simulate.ts';

const options = {
  seed: { type: 'string' },
  first: { type: 'string', default: '1' },
  seeds: { type: 'string', default: '100000' },
  /** This process tells these alone. */
  part: { type: 'boolean', default: false },
} as const;

type Part = { readonly takeOvers: number; readonly broken: readonly number[] };

const tellThem = (first: number, count: number): Part => {
  const broken: number[] = [];
  let takeOvers = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const told = tell(storyOf(seed));
    takeOvers += told.takeOvers;
    if (told.broken.length > 0) broken.push(seed);
  }
  return { takeOvers, broken };
};

const inParts = async (first: number, count: number): Promise<readonly Part[]> => {
  const cores = availableParallelism();
  const each = Math.ceil(count / cores);
  const starts = Array.from({ length: cores }, (_, core) => first + core * each).filter(
    (start) => start < first + count,
  );
  return Promise.all(
    starts.map(async (start) => {
      const size = Math.min(each, first + count - start);
      const child = fork(import.meta.filename, ['--part', '--first', String(start), '--seeds', String(size)]);
      const failed = once(child, 'exit').then(([code]) => {
        throw new Error(`the process for the seeds from ${start} ended with ${String(code)}`);
      });
      const [part] = (await Promise.race([once(child, 'message'), failed])) as [Part];
      failed.catch(() => undefined); // it has said what it found
      return part;
    }),
  );
};

const { values } = parseArgs({ options });
const [first, count] = [Number(values.first), Number(values.seeds)];
if (values.part) {
  process.send?.(tellThem(first, count));
} else if (values.seed !== undefined) {
  const story = storyOf(Number(values.seed));
  const isBroken = tell(story).broken.length > 0;
  console.log(describeStory(isBroken ? shrunk(story) : story));
  process.exitCode = isBroken ? 1 : 0;
} else {
  const startedMs = performance.now();
  const parts = await inParts(first, count);
  const broken = parts.flatMap((part) => part.broken).toSorted((one, other) => one - other);
  const takeOvers = parts.reduce((sum, part) => sum + part.takeOvers, 0);
  console.log(
    `seeds ${first} to ${first + count - 1}: ${broken.length} broken, ${takeOvers} take-overs, ` +
      `${Math.round((performance.now() - startedMs) / 1_000)} s`,
  );
  for (const seed of broken.slice(0, 3)) console.log(`\n${describeStory(shrunk(storyOf(seed)))}`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}
