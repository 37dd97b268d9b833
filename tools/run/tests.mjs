import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { isInterrupted, root, run } from './processes.mjs';
import { addUp, lastLine, ofCheck, ofJest, ofTap, skippedLines } from './totals.mjs';
import { checkTypes } from './types.mjs';

/**
 * Runs the whole of the tests, or one part (`static`, `unit`, `int`, `e2e`), in phases; what follows goes to Jest.
 * A failed phase does not keep the others from running. Answers 0 when something passed and nothing failed, else 1.
 */
export const runTests = async (args) => {
  const part = Object.hasOwn(parts, args[0]) ? args[0] : undefined;
  const chosen = part === undefined ? Object.values(parts).flat() : parts[part];
  const jestArgs = part === undefined ? args : args.slice(1);

  const results = [];
  for (const { name, phase } of chosen) {
    if (isInterrupted()) break;
    console.log(`\n── ${name}`);
    const startMs = performance.now();
    const result = { name, ...(await phase(jestArgs)) };
    console.log(`── ${name}: ${lastLine(result)} in ${((performance.now() - startMs) / 1_000).toFixed(1)} s`);
    results.push(result);
  }
  return report(results);
};

const report = (results) => {
  const total = addUp(results);
  const failed = results.filter((result) => result.failed > 0);
  console.log('');
  for (const line of results.flatMap(({ notices }) => notices)) console.log(line);
  if (failed.length > 0) console.log(`Failed: ${failed.map(({ name }) => name).join(', ')}`);
  console.log(lastLine(total));
  return total.failed === 0 && total.passed > 0 && !isInterrupted() ? 0 : 1;
};

const check = async (program, args, env) => ofCheck(await run(program, args, { env }));

/** The rule about who may import whom reads the graph that Nx stored last, so Nx looks first. */
const lint = async () => {
  const graph = await check('nx', ['graph', '--file', 'node_modules/.cache/evenkeel/graph.json'], {
    NX_DAEMON: 'false',
  });
  if (graph.failed > 0) return graph;
  return check('eslint', ['--config', 'tools/run/lint.config.mjs', 'services', 'libs', 'e2e', 'tools'], {
    NODE_OPTIONS: '--max-old-space-size=4096',
  });
};

/** The runner's own: Node's test runner, because Jest is one of the things that it runs. */
const ownTests = async () => {
  let output = '';
  const onOutput = (chunk) => (output += chunk);
  const status = await run('node', ['--test', '--test-reporter=tap', 'tools/**/*.test.mjs'], { onOutput });
  if (status !== 0) console.log(output);
  return ofTap(output, status);
};

const jest =
  (...levelArgs) =>
  async (userArgs) => {
    const folder = await mkdtemp(join(tmpdir(), 'evenkeel-test-'));
    const file = join(folder, 'result.json');
    let output = '';
    const onOutput = (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
    };
    const env = {
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
      ...(process.stdout.isTTY ? { FORCE_COLOR: '1' } : {}),
    };
    // The user's first, or Jest takes a path for one more value of our list.
    const args = [...userArgs, ...levelArgs, '--passWithNoTests', '--json', `--outputFile=${file}`];
    const status = await run('jest', args, { env, onOutput });
    const written = await readFile(file, 'utf8').catch(() => undefined);
    await rm(folder, { recursive: true });
    const result = ofJest(written === undefined ? undefined : JSON.parse(written), status, (path) =>
      relative(root, path),
    );
    return { ...result, notices: [...skippedLines(output), ...result.notices] };
  };

const files = (...globs) => globs.map((glob) => `--testMatch=${glob}`);
const unitFiles = files('**/*.spec.ts', '!**/*.int.spec.ts', '!**/*.e2e.spec.ts');

const parts = {
  static: [
    { name: 'tools', phase: ownTests },
    { name: 'types', phase: async () => ofCheck(await checkTypes(root)) },
    { name: 'lint', phase: lint },
    { name: 'format', phase: () => check('prettier', ['--check', '.']) },
  ],
  unit: [{ name: 'unit', phase: jest(...unitFiles) }],
  // Two at a time: each starts a real Postgres, NATS or HAProxy of its own.
  int: [{ name: 'int', phase: jest(...files('**/*.int.spec.ts'), '--maxWorkers=2') }],
  // One after the other: they share the machine's network, and some measure time.
  e2e: [{ name: 'e2e', phase: jest(...files('**/*.e2e.spec.ts'), '--runInBand') }],
};
