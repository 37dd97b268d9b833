import { defineConfig } from 'eslint/config';
import rules from '../../eslint.config.mjs';
import { root } from './processes.mjs';
import { programsOf } from './programs.mjs';

// The same rules for everything at once. An editor wants the types of one file; the whole wants each type made once.
export default defineConfig(rules, {
  files: ['**/*.ts', '**/*.tsx'],
  languageOptions: { parserOptions: { projectService: false, project: programsOf(root) } },
});
