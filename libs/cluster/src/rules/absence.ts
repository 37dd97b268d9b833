import type { ClusterRefusal, IntentState, RealServerState } from '@evenkeel/contracts';
import type { DecisionContext } from '../decision.ts';

/** A longer absence is nobody's plan, but a slip of the pen. */
const longestMs = 30 * 86_400_000;

/** When a real server comes back by itself; undefined for one that is there, or waits for its operator. */
export const returnOf = ({ intent }: Pick<RealServerState, 'intent'>): string | undefined =>
  intent.intent === 'online' ? undefined : intent.until;

/** Whether it is away and its time is over. */
export const isReturnDue = (realServer: Pick<RealServerState, 'intent'>, nowMs: number): boolean => {
  const until = returnOf(realServer);
  return until !== undefined && Date.parse(until) <= nowMs;
};

/** An intent that comes back: a time that is over by then would end it at once. */
export const awayAgain = (intent: IntentState, nowMs: number): IntentState => {
  if (!isReturnDue({ intent }, nowMs) || intent.intent === 'online') return intent;
  const again = { ...intent };
  delete again.until;
  return again;
};

export const untilUnfit = (
  { until }: { readonly until?: string | undefined },
  { nowMs }: Pick<DecisionContext, 'nowMs'>,
): ClusterRefusal | undefined => {
  if (until === undefined) return undefined;
  const isFit = Date.parse(until) > nowMs && Date.parse(until) <= nowMs + longestMs;
  if (isFit) return undefined;
  const time = (ms: number): string => new Date(ms).toISOString();
  return { kind: 'until-unfit', until, after: time(nowMs), latest: time(nowMs + longestMs) };
};
