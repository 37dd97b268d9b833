import { fileURLToPath } from 'node:url';

export { Asker } from './asker.ts';

/** A program: a server that says its name. Arguments: name, address, ports. */
export const answererMain = fileURLToPath(new URL('./answerer-main.ts', import.meta.url));
