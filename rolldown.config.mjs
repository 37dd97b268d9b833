import { defineConfig } from 'rolldown';
// One bundle per service: workspace packages are inlined, npm packages stay external (OpenTelemetry hooks them at import).
export default defineConfig({
  input: { main: 'src/main.ts', telemetry: 'src/telemetry.ts' },
  platform: 'node',
  tsconfig: true,
  external: (id) => !/^[./\0]|^@evenkeel\/|^@oxc-project\/runtime/.test(id),
  output: { dir: 'dist', format: 'esm', sourcemap: true, cleanDir: true },
});
