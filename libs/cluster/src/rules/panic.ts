import type { BalancedService, Panic, RealServerId, RealServerState, VerdictState } from '@evenkeel/contracts';

/** A service in panic: what it does, and the numbers that brought it there. */
export type Alarm = {
  readonly then: Panic['then'];
  readonly healthy: number;
  readonly of: number;
  readonly below: number;
};

/**
 * Whether a service is in panic: too few of those that its operator wants to serve are not down. Drained, halted and
 * weightless servers are the operator's choice and do not count. `unknown` is not down: it serves until proven down.
 */
export const alarmOf = (
  { panic }: Pick<BalancedService, 'panic'>,
  realServers: readonly RealServerState[],
  verdictOf: (id: RealServerId) => VerdictState | undefined,
): Alarm | undefined => {
  if (panic === undefined) return undefined;
  const wanted = realServers.filter(({ intent, spec }) => intent.intent === 'online' && spec.weight > 0);
  const healthy = wanted.filter(({ id }) => verdictOf(id) !== 'down').length;
  const isEnough = 100 * healthy >= panic.below * wanted.length;
  return isEnough ? undefined : { ...panic, healthy, of: wanted.length };
};

/** The verdicts that a service goes by: in panic all its servers are alike. */
export const verdictsFor = (
  spec: Pick<BalancedService, 'panic'>,
  realServers: readonly RealServerState[],
  verdictOf: (id: RealServerId) => VerdictState | undefined,
): ((id: RealServerId) => VerdictState | undefined) => {
  const alarm = alarmOf(spec, realServers, verdictOf);
  if (alarm === undefined) return verdictOf;
  return alarm.then === 'serve-none' ? () => 'down' : (id) => (verdictOf(id) === 'down' ? 'unknown' : verdictOf(id));
};
