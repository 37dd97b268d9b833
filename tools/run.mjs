// Starts, tests, breaks or measures a fresh clone: `node tools/run.mjs start|test|bench|faults|sim [arguments]`. Runs on the
// system's Node 20 before anything is installed, makes sure that all is there, and hands over to the Node that the lock file pins.
import { ensurePackages } from './run/debian-packages.mjs';
import { ensureDependencies } from './run/dependencies.mjs';
import { run, root } from './run/processes.mjs';
import { runTests } from './run/tests.mjs';

const typescript = ['--import', './tools/ts-hooks.mjs'];

/** Each answers the exit status. */
const commands = {
  start: (args) => {
    const isDemo = args.includes('--demo');
    const needs = isDemo ? ['start', 'demo'] : ['start'];
    const program = isDemo ? 'e2e/demo/main.ts' : 'services/appliance/src/main.ts';
    const main = ['--enable-source-maps', ...typescript, program, ...args.filter((arg) => arg !== '--demo')];
    return prepared(needs, () => run('node', main, { signalsGoTo: 'process' }));
  },
  test: (args) => prepared(['test'], () => runTests(args)),
  faults: (args) => prepared(['faults'], () => run('node', [...typescript, 'e2e/faults/main.ts', ...args])),
  sim: (args) => prepared([], () => run('node', [...typescript, 'libs/election/test/simulation/main.ts', ...args])),
  bench: (args) => prepared(['bench'], () => run('node', [...typescript, 'e2e/bench/main.ts', ...args])),
};

const prepared = async (needs, go) => (await ensureDependencies(root)) || (await ensurePackages(needs)) || go();

const [command, ...args] = process.argv.slice(2);
if (Object.hasOwn(commands, command)) {
  process.exitCode = await commands[command](args);
} else {
  console.error(`usage: node tools/run.mjs ${Object.keys(commands).join('|')} [arguments]`);
  process.exitCode = 2;
}
