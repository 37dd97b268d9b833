import { builtinModules } from 'node:module';
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

// Who may import whom: architecture.md, section 3. Test files may import more (`tags`, `npm`): second call, below.
const boundaries = (tags = [], npm = []) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allow: [],
    depConstraints: [
      { sourceTag: 'type:kernel', onlyDependOnLibsWithTags: [...tags], allowedExternalImports: [...npm] },
      {
        sourceTag: 'type:contract',
        onlyDependOnLibsWithTags: ['type:kernel', ...tags],
        allowedExternalImports: ['zod', ...npm],
      },
      {
        sourceTag: 'type:rules',
        onlyDependOnLibsWithTags: ['type:rules', 'type:contract', 'type:kernel', ...tags],
        allowedExternalImports: ['zod', 'canonicalize', 'diff', 'immutable', ...npm],
      },
      { sourceTag: 'type:door', onlyDependOnLibsWithTags: ['type:rules', 'type:contract', 'type:kernel', ...tags] },
      {
        sourceTag: 'type:service',
        onlyDependOnLibsWithTags: ['type:door', 'type:rules', 'type:contract', 'type:kernel', ...tags],
        bannedExternalImports: ['pg', 'kysely', 'kysely/*'],
      },
      {
        sourceTag: 'type:appliance',
        onlyDependOnLibsWithTags: ['type:service', 'type:door', 'type:rules', 'type:contract', 'type:kernel', ...tags],
        bannedExternalImports: ['pg', 'kysely', 'kysely/*'],
      },
      {
        sourceTag: 'type:web',
        onlyDependOnLibsWithTags: ['type:contract', ...tags],
        bannedExternalImports: ['@nestjs/*', '@nats-io/*', 'pg', 'kysely', 'kysely/*'],
      },
      { sourceTag: 'type:testing', onlyDependOnLibsWithTags: ['type:contract', 'type:kernel'] },
      { sourceTag: 'type:e2e', onlyDependOnLibsWithTags: ['type:contract', 'type:testing'] },
    ],
  },
];

const PURE =
  'Rules are pure: no I/O, no clock, no randomness, no timers. Take it as an argument (a port, a Clock, a seed).';
const pure = [
  'kernel',
  'contracts',
  'cluster',
  'access',
  'ledger',
  'data-plane',
  'verdicts',
  'election',
  'blueprints',
].map((lib) => `libs/${lib}/src/**/*.ts`);
const specs = ['**/*.spec.ts', '**/test/**/*.ts'];

export default defineConfig(
  { ignores: ['**/dist/**', '**/coverage/**', '**/.nx/**', 'var/**'] },
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  { languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } } },
  {
    files: ['**/*.ts', '**/*.tsx'],
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@nx/enforce-module-boundaries': boundaries(),
    },
  },
  {
    files: specs,
    ignores: ['e2e/**'],
    rules: { '@nx/enforce-module-boundaries': boundaries(['type:testing'], ['@jest/globals', 'fast-check']) },
  },
  // A benchmark measures rules and doors as they are, below the API; nothing is built on it.
  { files: ['e2e/bench/**'], rules: { '@nx/enforce-module-boundaries': 'off' } },
  // Programs that the fault suite starts: a server of the stack, a client that speaks DICOM. The suite itself uses the API.
  {
    files: ['e2e/faults/programs/**', 'e2e/faults/traffic/**'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
  {
    files: pure,
    ignores: [...specs, 'libs/kernel/src/sealing.ts', 'libs/kernel/src/system.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: builtinModules.map((name) => ({ name, message: PURE })),
          patterns: [{ group: ['node:*', '@evenkeel/kernel/sealing', '@evenkeel/kernel/system'], message: PURE }],
        },
      ],
      'no-restricted-globals': [
        'error',
        ...[
          'setTimeout',
          'setInterval',
          'setImmediate',
          'clearTimeout',
          'clearInterval',
          'clearImmediate',
          'queueMicrotask',
          'performance',
          'process',
          'Buffer',
          'console',
          'crypto',
          'fetch',
          'WebSocket',
          'globalThis',
          'global',
        ].map((name) => ({ name, message: PURE })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: PURE },
        { object: 'Math', property: 'random', message: PURE },
        { object: 'Temporal', property: 'Now', message: PURE },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: PURE },
        { selector: 'CallExpression[callee.name="Date"]', message: PURE },
        { selector: 'ImportExpression', message: PURE },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: {
      globals: { process: 'readonly', Buffer: 'readonly', console: 'readonly', setInterval: 'readonly' },
    },
  },
);
