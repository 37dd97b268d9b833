import { type Hash } from '@evenkeel/contracts';

/**
 * The name of a configuration, which its worker tells in `show info`:
 *
 * - Its structure is what only a reload can change. A worker of the wanted structure needs none, whatever servers it has
 *   got and lost since it started.
 * - Its edition tells apart files of one structure that list other servers, so that a reload for the sake of a server gives
 *   the new worker a socket of its own.
 */
export const configurationName = (structure: Hash, edition: Hash): string => `${structure}-${edition}`;

/** The structure in such a name; the whole text when it is none of ours. */
export const structureIn = (name: string): string => (isConfigurationName(name) ? name.slice(0, 64) : name);

export const isConfigurationName = (text: string): boolean => /^[0-9a-f]{64}-[0-9a-f]{64}$/.test(text);
