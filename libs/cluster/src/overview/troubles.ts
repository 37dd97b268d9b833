import { isHttpsRedirect, type RealServerId, type Verdict, type VirtualServiceState } from '@evenkeel/contracts';
import { type Alarm, alarmOf } from '../rules/panic.ts';
import { type Cluster, realServersOf } from '../state/cluster.ts';
import { checkedBy } from './checked.ts';
import type { Observed } from './seen.ts';

/** What may be wrong with the judging of a service's real servers, rather than with them. */
export type Troubles = {
  readonly service: VirtualServiceState;
  /** What it does in a panic, and whether it is in one; undefined for a service that does not panic. */
  readonly panic: { readonly then: Alarm['then']; readonly isOn: boolean } | undefined;
  /** Real servers of which its checkers have seen different things; undefined while not several ask. */
  readonly split: number | undefined;
};

/** Of each enabled service that can have any, by what the overview goes by. */
export function* troublesIn(
  cluster: Cluster,
  verdicts: ReadonlyMap<RealServerId, Verdict>,
  observed: Observed,
): Generator<Troubles> {
  const checked = checkedBy(verdicts, observed);
  for (const service of cluster.virtualServices.values()) {
    const { spec } = service;
    if (!service.enabled || isHttpsRedirect(spec)) continue;
    const members = realServersOf(cluster, service.id);
    const isVoted = members.some(({ id }) => verdicts.get(id)?.votes !== undefined);
    const isOn = (): boolean => alarmOf(spec, members, (id) => checked(id)?.state) !== undefined;
    yield {
      service,
      panic: spec.panic === undefined ? undefined : { then: spec.panic.then, isOn: isOn() },
      split: isVoted ? members.filter(({ id }) => checked(id)?.reason === 'votes-split').length : undefined,
    };
  }
}
