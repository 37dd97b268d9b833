import type { Action } from './action.ts';
import type { ElectionState } from './state.ts';

/** What a node knows after an event, and what it does about it. */
export type Outcome = { readonly state: ElectionState; readonly actions: readonly Action[] };

export const outcome = (state: ElectionState, ...actions: readonly Action[]): Outcome => ({ state, actions });

/** One after the other, each on what the one before has left. */
export const inTurn = (state: ElectionState, ...steps: readonly ((state: ElectionState) => Outcome)[]): Outcome => {
  let current = state;
  const actions: Action[] = [];
  for (const step of steps) {
    const next = step(current);
    current = next.state;
    actions.push(...next.actions);
  }
  return { state: current, actions };
};
