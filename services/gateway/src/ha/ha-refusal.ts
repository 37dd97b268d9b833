import type { HaRefusal, NodeName } from '@evenkeel/contracts';
import { problem, type ProblemException } from '../problems/problem-exception.ts';

/** Why a node does not do what was wanted of it, and what would be right. */
export const haRefusalToProblem = (node: NodeName, refusal: HaRefusal): ProblemException => {
  const { kind } = refusal;
  switch (kind) {
    case 'already-active':
      return problem(409, kind, `${node} serves the addresses already (epoch ${refusal.epoch}).`);
    case 'in-maintenance': {
      const { maintenance } = refusal;
      const since =
        maintenance === undefined
          ? ''
          : ` since ${maintenance.since}, by ${maintenance.by}${maintenance.reason === undefined ? '' : ` (${maintenance.reason})`}`;
      return problem(
        409,
        kind,
        `${node} is in maintenance${since}. End that first: POST /ha/maintenance with "on": false.`,
      );
    }
    case 'not-able':
      return problem(409, kind, `${node} could not serve now: ${refusal.detail}. Mend that, then ask again.`);
    default:
      return kind satisfies never;
  }
};
