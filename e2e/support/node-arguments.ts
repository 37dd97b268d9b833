import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** How a program of ours is run once everything is installed. */
export const nodeArguments = ['--enable-source-maps', '--import', join(root, 'tools/ts-hooks.mjs')] as const;
