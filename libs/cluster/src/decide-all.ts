import type { ClusterCommand, ClusterRefusal, Rehearsal } from '@evenkeel/contracts';
import { accept, refuse, type Result } from '@evenkeel/kernel';
import { changesBetween } from './changes-between.ts';
import { decide } from './decide.ts';
import type { DecisionContext } from './decision.ts';
import { lintChange } from './lint/lint-change.ts';
import type { Cluster } from './state/cluster.ts';
import { imagine } from './state/imagine.ts';
import { touched } from './touched.ts';

/** The first command that is refused. Those before it were fine. */
export type RefusedCommand = { readonly index: number; readonly refusal: ClusterRefusal };

/**
 * What the commands would do to the cluster, each decided on what the ones before it would have made: all of them, or the
 * first refusal. The cluster is not changed.
 */
export const decideAll = (
  cluster: Cluster,
  commands: readonly ClusterCommand[],
  contextOf: (command: ClusterCommand, index: number) => DecisionContext,
): Result<Rehearsal, RefusedCommand> => {
  const decisions: Rehearsal['decisions'] = [];
  const entities = new Set<string>();
  let imagined = cluster;
  for (const [index, command] of commands.entries()) {
    const decided = decide(imagined, command, contextOf(command, index));
    if (!decided.ok) return refuse({ index, refusal: decided.refusal });
    const { events, ...remarks } = decided.value;
    for (const entity of touched(imagined, events)) entities.add(entity);
    decisions.push({ command: command.kind, events: [...events], ...remarks });
    imagined = imagine(imagined, events);
  }
  return accept({
    revision: cluster.revision,
    changed: decisions.some(({ events }) => events.length > 0),
    decisions,
    changes: changesBetween(cluster, imagined),
    lint: lintChange(cluster, imagined, [...entities].toSorted()),
  });
};
