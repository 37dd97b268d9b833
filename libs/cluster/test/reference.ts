import type { ClusterCommand, ClusterEvent } from '@evenkeel/contracts';
import { decide } from '../src/index.ts';
import type { Cluster } from '../src/index.ts';
import { aContext, clusterOf } from './told.ts';

/** The reference deployment, as its blueprint makes it: services 101 to 105, real servers 101 to 115. */
export const instantiate = (parameters: Readonly<Record<string, unknown>> = {}): ClusterCommand => ({
  kind: 'InstantiateBlueprint',
  name: 'infinitt-pacs',
  version: 1,
  parameters: {
    vipAddress: '192.168.85.150',
    nodes: [1, 2, 3].map((nth) => ({ label: `INF_PACS${nth}`, address: `192.168.85.${199 + nth}` })),
    ...(parameters as Record<string, never>),
  },
});

export const referenceEvents = (parameters: Readonly<Record<string, unknown>> = {}): readonly ClusterEvent[] => {
  const decided = decide(clusterOf(), instantiate(parameters), aContext());
  if (!decided.ok) throw new Error(JSON.stringify(decided.refusal));
  return decided.value.events;
};

export const referenceCluster = (parameters: Readonly<Record<string, unknown>> = {}): Cluster =>
  clusterOf(...referenceEvents(parameters));
