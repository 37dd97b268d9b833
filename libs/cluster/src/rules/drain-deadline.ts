import type { IntentState, RealServerState } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import type { DecisionContext } from '../decision.ts';

/** The wish with its deadline as a time. Without one the drain goes on for as long as its connections do. */
export const dated = <Wish extends { readonly clients: 'keep' | 'forget'; readonly deadline?: string | undefined }>(
  { clients, deadline }: Wish,
  { nowMs }: Pick<DecisionContext, 'nowMs'>,
): { readonly clients: Wish['clients']; readonly deadline?: string } => {
  const afterMs = deadline === undefined ? undefined : durationMs(deadline);
  return afterMs === undefined ? { clients } : { clients, deadline: new Date(nowMs + afterMs).toISOString() };
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
export const comingBack = (intent: IntentState, nowMs: number): IntentState =>
  intent.intent === 'drain' && isOverdue({ intent }, nowMs) ? { intent: 'drain', clients: intent.clients } : intent;
