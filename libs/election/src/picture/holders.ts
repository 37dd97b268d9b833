import type { HaHolder, HaNode } from '@evenkeel/contracts';
import { isLive } from './heard.ts';

/**
 * Who answers for the addresses. A node that says so itself comes first; without one, a live node may hear by its heartbeats that
 * another one does, whose own word does not reach the bus.
 */
export const holdersIn = (nodes: readonly HaNode[]): readonly HaHolder[] => {
  const live = nodes.filter(isLive);
  const own = live.filter(({ role }) => role === 'active');
  if (own.length > 0) return own.map(({ node, epoch }) => ({ node, epoch, toldBy: node }));
  const told = live.flatMap((by) =>
    by.evidence.peers
      .filter((peer) => peer.isLive && peer.says === 'active' && !live.some(({ node }) => node === peer.node))
      .map(({ node, epoch = 0 }) => ({ node, epoch, toldBy: by.node })),
  );
  return told.filter(({ node }, index) => told.findIndex((other) => other.node === node) === index);
};
