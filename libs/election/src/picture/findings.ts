import type { HaNode } from '@evenkeel/contracts';
import { isLive } from './heard.ts';

/** What two reports together say that neither says alone. */
export const findingsIn = (nodes: readonly HaNode[]): readonly string[] => {
  const live = nodes.filter(isLive);
  return [...differentAddresses(live), ...oneWay(live), ...strangers(live), ...onSufferance(live)];
};

const differentAddresses = (live: readonly HaNode[]): string[] => {
  const sets = new Set(live.map(({ addresses }) => addresses.toSorted().join(', ')));
  return sets.size < 2
    ? []
    : [
        `the nodes have different addresses: ${live.map(({ node, addresses }) => `${node} ${addresses.join(', ')}`).join('; ')}`,
      ];
};

/** Heartbeats that arrive in one direction, or in none, although both nodes are there. */
const oneWay = (live: readonly HaNode[]): string[] =>
  live.flatMap(({ node, evidence }) =>
    evidence.peers
      .filter((peer) => !peer.isLive && live.some((other) => other.node === peer.node))
      .map((peer) => `${node} does not hear the heartbeats of ${peer.node}, and this gateway hears both`),
  );

const strangers = (live: readonly HaNode[]): string[] =>
  live.flatMap(({ node, evidence }) =>
    live
      .filter((other) => other.node !== node && !evidence.peers.some((peer) => peer.node === other.node))
      .map((other) => `${node} has not configured ${other.node}, which is of the same group`),
  );

/** Nobody could stand in when it was taken out, so it went on: any short loss ends that. */
const onSufferance = (live: readonly HaNode[]): string[] =>
  live
    .filter(({ role, maintenance }) => role === 'active' && maintenance !== undefined)
    .map(({ node }) => `${node} serves in maintenance, and would not take the addresses back if it let go of them`);
