import * as z from 'zod';
import { Address } from '../../values.ts';
import { pace } from './pace.ts';

/** Asks the machine, not the service: there is no port. */
export const Ping = z.strictObject({ kind: z.literal('ping'), ...pace('2s', '2s'), source: Address.optional() });
