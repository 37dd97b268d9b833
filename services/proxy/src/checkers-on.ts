import { type Checkers, lastWordOf } from '@evenkeel/verdicts';
import type { BusLink } from './bus-link.ts';
import type { LastServed } from './last-good.ts';

/**
 * What the checkers say on the bus. Until the bucket has told everything, the verdicts of last time: a dead server must
 * not come back with a restart.
 */
export const checkersOn = (bus: Pick<BusLink, 'verdicts'>, last: LastServed | undefined): Checkers => {
  const states = new Map(last?.verdicts);
  const reasons = new Map(last?.reasons);
  return {
    states: () => bus.verdicts()?.states() ?? states,
    word: (id) => {
      const told = bus.verdicts();
      if (told !== undefined) {
        const verdict = told.current().get(id);
        return verdict === undefined ? undefined : lastWordOf(verdict);
      }
      const state = states.get(id);
      return state === undefined ? undefined : { state, reason: reasons.get(id) };
    },
  };
};
