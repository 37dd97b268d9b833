import { planBlueprint } from '@evenkeel/blueprints';
import type { ClusterCommand, ClusterEvent, InstantiateBlueprint, Revision } from '@evenkeel/contracts';
import type { Decided, DecisionContext } from '../decision.ts';
import { decided } from '../decision.ts';
import type { Cluster } from '../state/cluster.ts';
import { type Occasion, withEvent } from '../state/evolve.ts';

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
    imagined = next.value.events.reduce((state, event) => withEvent(state, event, imaginedOccasion), imagined);
    events.push(...next.value.events);
  }
  return decided(...events);
};

/** The states between the commands are thrown away, and with them who made them and when. */
const imaginedOccasion: Occasion = {
  revision: 0 as Revision,
  time: '1970-01-01T00:00:00.000Z',
  actor: { name: 'imagined', kind: 'system', authenticatedBy: 'nobody' },
  reason: undefined,
};
