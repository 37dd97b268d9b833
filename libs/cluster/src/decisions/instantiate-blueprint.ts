import { planBlueprint } from '@evenkeel/blueprints';
import type { ClusterCommand, ClusterEvent, InstantiateBlueprint } from '@evenkeel/contracts';
import type { Decided, DecisionContext } from '../decision.ts';
import { decided } from '../decision.ts';
import type { Cluster } from '../state/cluster.ts';
import { imagine } from '../state/imagine.ts';

type DecideNext = (cluster: Cluster, command: ClusterCommand, context: DecisionContext) => Decided;

/** Everything that the blueprint plans, each command on what the ones before it made: one commit, or the first refusal. */
export const instantiateBlueprint = (
  cluster: Cluster,
  { name, version, parameters }: InstantiateBlueprint,
  context: DecisionContext,
  decideNext: DecideNext,
): Decided => {
  const plan = planBlueprint(name, version, parameters);
  if (!plan.ok) return plan;
  const events: ClusterEvent[] = [{ kind: 'BlueprintInstantiated', name, version, parameters }];
  let imagined = cluster;
  for (const command of plan.value) {
    const next = decideNext(imagined, command, context);
    if (!next.ok) return next;
    imagined = imagine(imagined, next.value.events);
    events.push(...next.value.events);
  }
  return decided(...events);
};
