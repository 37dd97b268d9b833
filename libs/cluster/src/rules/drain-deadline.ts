import type { IntentState, RealServerState } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import type { DecisionContext } from '../decision.ts';

/** The wish with its deadline as a time. Without one the drain goes on for as long as its connections do. */
export const dated = <Wish extends { readonly deadline?: string | undefined }>(
  wish: Wish,
  { nowMs }: Pick<DecisionContext, 'nowMs'>,
): Wish => {
  const afterMs = wish.deadline === undefined ? undefined : durationMs(wish.deadline);
  return afterMs === undefined ? wish : { ...wish, deadline: new Date(nowMs + afterMs).toISOString() };
};

/** When the drain of a real server ends by order; undefined for one that does not drain, or drains without an end. */
export const deadlineOf = ({ intent }: Pick<RealServerState, 'intent'>): string | undefined =>
  intent.intent === 'drain' ? intent.deadline : undefined;

/** Whether it drains and its time is over. */
export const isOverdue = (realServer: Pick<RealServerState, 'intent'>, nowMs: number): boolean => {
  const deadline = deadlineOf(realServer);
  return deadline !== undefined && Date.parse(deadline) <= nowMs;
};

/** An intent that comes back: a deadline that is over by then ends nothing any more. */
export const comingBack = (intent: IntentState, nowMs: number): IntentState => {
  if (intent.intent !== 'drain' || !isOverdue({ intent }, nowMs)) return intent;
  const again = { ...intent };
  delete again.deadline;
  return again;
};
