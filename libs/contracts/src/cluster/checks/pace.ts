import * as z from 'zod';
import { durationBetween } from '../../values.ts';

/**
 * How often a check asks, and how long it waits. `rise` passes in a row make a server up, `fall` failures make it down.
 * HAProxy calls the three intervals `inter`, `fastinter` and `downinter`.
 */
export const pace = (interval: string, timeout: string) => ({
  interval: durationBetween('100ms', '1h').default(interval),
  /** While a server that is down passes, and has not yet passed often enough; else `interval`. */
  intervalRising: durationBetween('100ms', '1h').optional(),
  /** While a server is down; else `interval`. */
  intervalDown: durationBetween('100ms', '1h').optional(),
  /** Each interval is longer or shorter by up to so many percent, at random; else none is. */
  jitter: z.int().min(0).max(50).optional(),
  timeout: durationBetween('50ms', '5m').default(timeout),
  rise: z.int().min(1).max(100).default(2),
  fall: z.int().min(1).max(100).default(3),
});
