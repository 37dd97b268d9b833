import type { BalancedService, RealServerId, RealServerState, VerdictState } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import { isAvailable } from './availability.ts';
import { alarmOf } from './panic.ts';

/** What is said of the real servers of a service. */
export type Said = {
  readonly verdictOf: (id: RealServerId) => VerdictState | undefined;
  /** When it was last seen to come back from `down`; undefined when nobody has seen that. */
  readonly backSinceOf: (id: RealServerId) => string | undefined;
};

type Slow = Pick<BalancedService, 'panic' | 'slowStart'>;

/**
 * The real servers of a service that came, or came back, beside one that was warm then, and when: added, brought online, or down
 * no longer. Whoever comes with all the others is not spared: somebody has to take the clients. In a panic nobody is.
 */
export const comersIn = (
  spec: Slow,
  realServers: readonly RealServerState[],
  { verdictOf, backSinceOf }: Said,
): ReadonlyMap<RealServerId, number> => {
  const slowMs = slowStartMs(spec);
  if (slowMs === 0 || alarmOf(spec, realServers, verdictOf) !== undefined) return nobody;
  const takers = realServers
    .filter((realServer) => isAvailable(realServer, verdictOf(realServer.id) ?? 'unknown'))
    .map((realServer) => ({ id: realServer.id, cameMs: cameMsOf(realServer, backSinceOf(realServer.id)) }));
  const firstMs = Math.min(...takers.map(({ cameMs }) => cameMs));
  return new Map(takers.flatMap(({ id, cameMs }) => (firstMs + slowMs <= cameMs ? [[id, cameMs] as const] : [])));
};

const nobody: ReadonlyMap<RealServerId, number> = new Map();

/** 0: everybody has all of the weight at once. */
export const slowStartMs = ({ slowStart }: Pick<BalancedService, 'slowStart'>): number =>
  slowStart === undefined ? 0 : (durationMs(slowStart) ?? 0);

const cameMsOf = ({ intentSince }: RealServerState, backSince: string | undefined): number =>
  Math.max(Date.parse(intentSince), backSince === undefined ? -Infinity : Date.parse(backSince));

/** Each is a change in every data plane; more of them would be of no use to anybody. */
const steps = 10;

/**
 * How many percent of its weight count of a real server that came at `cameMs`: a tenth at first, then what share of the time
 * has passed, in whole tenths, and all of it from `slowMs` on.
 */
export const warmthAt = (cameMs: number, nowMs: number, slowMs: number): number => {
  const passed = Math.floor((steps * (nowMs - cameMs)) / slowMs);
  return (100 / steps) * Math.min(steps, Math.max(1, passed));
};
