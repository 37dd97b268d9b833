import { existsSync } from 'node:fs';
import { defineConfig } from 'rolldown';

// One bundle per program of a service: workspace packages are inlined, npm packages stay external (OpenTelemetry hooks them at import).
const entries = ['main', 'migrate', 'agent-main'].filter((name) => existsSync(`src/${name}.ts`));

export default defineConfig({
  input: Object.fromEntries(entries.map((name) => [name, `src/${name}.ts`])),
  platform: 'node',
  tsconfig: true,
  external: (id) => !/^[./\0]|^@evenkeel\/|^@oxc-project\/runtime/.test(id),
  output: { dir: 'dist', format: 'esm', sourcemap: true, cleanDir: true },
});
