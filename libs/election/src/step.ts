import { ask } from './ask.ts';
import { beat } from './beat.ts';
import { decide } from './decide.ts';
import type { ElectionEvent } from './event.ts';
import { inTurn, type Outcome } from './outcome.ts';
import type { ElectionState } from './state.ts';
import { take } from './take.ts';

/**
 * One step of one node's election for one group of addresses. Pure: `now` is the node's monotonic clock in milliseconds, and must
 * not go back. The actions are to be done in their order; `tick` is due every `tickMs`.
 */
export const step = (state: ElectionState, event: ElectionEvent, now: number): Outcome =>
  inTurn(
    take(state, event, now),
    (known) => decide(known, event, now),
    (decided) => ask(decided, now),
    (asked) => beat(asked, now),
  );
