import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from '@jest/globals';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const program = ['--import', pathOf('../../../tools/ts-hooks.mjs'), pathOf('../test/simulation/main.ts')];

const stories = 2_000;
const first = Number(process.env['EVENKEEL_SIM_SEED'] ?? Date.now() % 2 ** 31);

it(`never do two nodes serve, and in the end one does: ${stories} stories from EVENKEEL_SIM_SEED=${first}`, async () => {
  const told = promisify(execFile)(process.execPath, [...program, '--first', `${first}`, '--seeds', `${stories}`]);
  const { stdout } = await told.catch((failure: { stdout: string }) => failure); // it says which, and how
  expect(stdout).toContain(`seeds ${first} to ${first + stories - 1}: 0 broken`);
  const [, takeOvers] = /(\d+) take-overs/.exec(stdout) ?? [];
  expect(Number(takeOvers)).toBeGreaterThan(stories); // otherwise nothing was tried
}, 900_000);
