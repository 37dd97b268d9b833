import * as z from 'zod';
import { durationBetween } from '../../values.ts';

/** How often a check asks, and how long it waits. `rise` passes in a row make a server up, `fall` failures make it down. */
export const pace = (interval: string, timeout: string) => ({
  interval: durationBetween('100ms', '1h').default(interval),
  timeout: durationBetween('50ms', '5m').default(timeout),
  rise: z.int().min(1).max(100).default(2),
  fall: z.int().min(1).max(100).default(3),
});
