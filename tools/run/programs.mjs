import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * All TypeScript of the house as few programs. Packages are imported as source, so a program for each project would read
 * what it imports again and again. Projects with the same rules are one program: those without the types of Node, and the
 * others. Answers the path of a tsconfig for each, written anew; where they lie, the compiler finds the types of Node.
 */
export const programsOf = (root) => {
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
    .flatMap((path) => [path, join(path, 'test')]) // tests may have types that their rules must not have
    .filter((path) => existsSync(join(path, 'tsconfig.json')))
    .map((path) => {
      const { include, compilerOptions: options = {} } = JSON.parse(readFileSync(join(path, 'tsconfig.json'), 'utf8'));
      return { path, include, options };
    });
};
