import type { BalancedService } from '@evenkeel/contracts';

/**
 * How many of `of` real servers a service wants available: its share of them, rounded up to whole ones, and one in any
 * case.
 */
export const leastAvailable = ({ availability = 0 }: Pick<BalancedService, 'availability'>, of: number): number =>
  Math.max(1, Math.ceil((availability * of) / 100));
