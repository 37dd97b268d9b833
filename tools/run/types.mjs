import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isInterrupted, run } from './processes.mjs';

const atOnce = 2;

/** Type-checks every project, two at a time, and prints the errors of each that has some. Answers 0, or 1 when one has. */
export const checkTypes = async (root) => {
  const waiting = projectsOf(root);
  let worst = 0;
  const worker = async () => {
    for (let project = waiting.shift(); project !== undefined && !isInterrupted(); project = waiting.shift()) {
      if ((await checkProject(project)) !== 0) worst = 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return worst;
};

const checkProject = async (project) => {
  let output = '';
  const status = await run('tsc', ['-p', project], { onOutput: (chunk) => (output += chunk) });
  if (status !== 0) console.log(`${project}\n${output.trimEnd()}`);
  return status;
};

const projectsOf = (root) => {
  const folders = ['libs', 'services'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(group, name)),
  );
  return [...folders, 'e2e'].filter((folder) => existsSync(join(root, folder, 'tsconfig.json')));
};
