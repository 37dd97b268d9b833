import * as z from 'zod';
import { Port } from '../../ports.ts';
import { Address } from '../../values.ts';

/** Where the probe goes and, optionally, from which local address. */
export const target = { port: z.union([z.literal('inherit'), Port]).default('inherit'), source: Address.optional() };
/** For services without TCP: the check needs a port of its own. */
export const targetOnOwnPort = { port: Port, source: Address.optional() };
