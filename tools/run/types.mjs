import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes.mjs';

/**
 * Type-checks everything and prints the errors. Answers 0, or 1 when there is one. Packages are imported as source, so a
 * check of each project by itself would check what it imports again and again. Projects with the same rules are one
 * program: those without the types of Node, and the others. For the same reason each program has one checker: four of
 * them would each make nearly all types.
 */
export const checkTypes = async (root) => {
  const outcomes = await Promise.all(
    programsOf(root).map(async (program) => {
      let output = '';
      const args = ['-p', program, '--checkers', '1'];
      const status = await run('tsc', args, { onOutput: (chunk) => (output += chunk) });
      if (status !== 0) console.log(output.trimEnd());
      return status;
    }),
  );
  return outcomes.every((status) => status === 0) ? 0 : 1;
};

/** Writes a tsconfig for each; where they lie, the compiler finds the types of Node. */
const programsOf = (root) => {
  const programs = new Map(); // Map.groupBy came after Node 20
  for (const project of projectsOf(root)) {
    const rules = JSON.stringify(project.options);
    programs.set(rules, [...(programs.get(rules) ?? []), project]);
  }
  const folder = join(root, 'node_modules', '.cache', 'evenkeel');
  mkdirSync(folder, { recursive: true });
  return [...programs.values()].map((projects, index) => {
    const file = join(folder, `tsconfig.${index}.json`);
    const include = projects.flatMap(({ path, include }) => include.map((pattern) => join(path, pattern)));
    const [{ options }] = projects;
    const config = { extends: join(root, 'tsconfig.base.json'), compilerOptions: options, include };
    writeFileSync(file, JSON.stringify(config));
    return file;
  });
};

const projectsOf = (root) => {
  const folders = ['libs', 'services'].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  return [...folders, join(root, 'e2e')]
    .filter((path) => existsSync(join(path, 'tsconfig.json')))
    .map((path) => {
      const { include, compilerOptions: options = {} } = JSON.parse(readFileSync(join(path, 'tsconfig.json'), 'utf8'));
      return { path, include, options };
    });
};
