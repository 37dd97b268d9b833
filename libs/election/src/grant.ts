import type { NodeName } from '@evenkeel/contracts';
import { activeOther, deadMsOf } from './evidence.ts';
import { goesBefore, ownStanding } from './order.ts';
import { isBound, wants } from './standing.ts';
import type { ElectionState } from './state.ts';

/**
 * Whether this node lets `name` serve, or go on to. Who grants binds itself: it neither serves nor grants to anybody else
 * until T_dead after it heard the heartbeat that it answers.
 */
export const grantsTo = (state: ElectionState, name: NodeName, now: number): boolean => {
  const { role, promised } = state;
  const peer = state.peers.get(name);
  if (role.kind !== 'standby' || peer?.heard === undefined || peer.heard.heartbeat.boot === peer.closedBoot)
    return false;
  const { heartbeat, at } = peer.heard;
  if (now - at >= deadMsOf(state)) return false;
  const isBoundToOther = isBound(state, now) && promised.to !== undefined && promised.to !== name;
  if (isBoundToOther || heartbeat.role === 'standby') return false;
  if (heartbeat.role === 'active') return true;
  // Who asks for the first time is not heard while a promise may be in force that this node has forgotten.
  if (isBound(state, now) && promised.to !== name) return false;
  if (heartbeat.epoch <= state.epoch || activeOther(state, now) !== undefined) return false;
  return heartbeat.calls !== 'no' || !(wants(state, now) && goesBefore(ownStanding(state, now), heartbeat));
};
