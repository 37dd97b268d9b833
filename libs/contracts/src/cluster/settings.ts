import * as z from 'zod';
import { durationBetween } from '../values.ts';

/**
 * The writes that something is demanded of: those that change intents (drain, halt, online), those that change
 * configuration (everything else, settings included), or both.
 */
export const WritesConcerned = z.enum(['none', 'intents', 'configuration', 'all']);
export type WritesConcerned = z.infer<typeof WritesConcerned>;

/** What holds for the whole cluster. Every field has a default, so a cluster that nobody has set up has settings too. */
export const ClusterSettings = z
  .strictObject({
    reasonRequired: WritesConcerned.default('none').describe('Writes that must carry a reason'),
    ticketRequired: WritesConcerned.default('none').describe('Writes that must carry a ticket'),
    massRemovalPercent: z
      .int()
      .min(1)
      .max(100)
      .default(25)
      .describe(
        'Most of the services of a scope, and most of its real servers, that one apply removes without force; rounded up to whole ones',
      ),
    /** A reload leaves open connections to the old process. Whoever wants old processes gone cuts the longest of them. */
    hardStopAfter: z
      .union([z.literal('never'), durationBetween('1m', '7d')])
      .default('never')
      .describe('After a reload, an old HAProxy process may serve its connections for so long; then they are cut'),
  })
  .meta({ id: 'ClusterSettings' });
export type ClusterSettings = z.infer<typeof ClusterSettings>;

/** What holds until somebody sets it. */
export const defaultSettings: ClusterSettings = ClusterSettings.parse({});
