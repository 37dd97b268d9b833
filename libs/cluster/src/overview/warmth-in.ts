import { isHttpsRedirect, type RealServerId, type RealServerState, type VirtualServiceSpec } from '@evenkeel/contracts';
import { comersIn, slowStartMs, warmthAt } from '../rules/slow-start.ts';
import type { Checked } from './checked.ts';
import type { Observed } from './seen.ts';

/**
 * How many percent of its weight count of a real server; undefined for one that is warm. Told from the same times as the nodes
 * have, and by the clock of whoever looks: a node may be a step before it or behind.
 */
export const warmthIn = (
  spec: VirtualServiceSpec,
  realServers: readonly RealServerState[],
  checked: (id: RealServerId) => Checked | undefined,
  { nowMs }: Observed,
): ((id: RealServerId) => number | undefined) => {
  if (nowMs === undefined || isHttpsRedirect(spec) || spec.slowStart === undefined) return () => undefined;
  const said = {
    verdictOf: (id: RealServerId) => checked(id)?.state,
    backSinceOf: (id: RealServerId) => checked(id)?.backSince,
  };
  const comers = comersIn(spec, realServers, said);
  return (id) => {
    const cameMs = comers.get(id);
    const warmth = cameMs === undefined ? 100 : warmthAt(cameMs, nowMs, slowStartMs(spec));
    return warmth < 100 ? warmth : undefined;
  };
};
