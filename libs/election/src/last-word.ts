import type { NodeName } from '@evenkeel/contracts';
import type { Heartbeat } from './heartbeat.ts';
import type { ElectionState } from './state.ts';

/**
 * What somebody else says for this node when it has ended, and its kernel is mute: that nothing more comes of this start. It is
 * made in advance, with each heartbeat, because a node that is killed makes nothing any more.
 */
export const lastWordTo = (state: ElectionState, name: NodeName): Heartbeat | undefined => {
  const heard = state.peers.get(name)?.heard?.heartbeat;
  if (heard === undefined) return undefined;
  const { node, boot, rank, times } = state.settings;
  return {
    node,
    boot,
    sequence: Number.MAX_SAFE_INTEGER,
    role: 'standby',
    epoch: state.epoch,
    rank,
    hasGateway: false,
    canServe: false,
    selfMs: times.selfMs,
    echo: { boot: heard.boot, sequence: heard.sequence },
    grants: true,
    calls: 'no',
    isLast: true,
  };
};
