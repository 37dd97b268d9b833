import { fileURLToPath } from 'node:url';
import { type Program } from './back-end.ts';

/**
 * A script of this folder, run by our own Node, with its settings as JSON. Node strips the types itself (22.18 and
 * later), so such a script imports nothing but `node:*`, types, and files that hold to erasable syntax.
 */
export const nodeProgram = (script: string, settings: unknown): Program => ({
  command: process.execPath,
  args: [fileURLToPath(new URL(script, import.meta.url)), JSON.stringify(settings)],
});
