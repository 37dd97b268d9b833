import { readFileSync } from 'node:fs';

/** Of this worker; workers one version behind keep serving. */
export const version = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
