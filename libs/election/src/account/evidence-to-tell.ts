import type { HaEvidence, HaPeer } from '@evenkeel/contracts';
import { gatewayAt, liveOthers, sawGateway } from '../evidence.ts';
import type { ElectionState, Member } from '../state.ts';

/** What a node goes by at this moment, for people and for the journal. */
export const evidenceToTell = (state: ElectionState, now: number): HaEvidence => {
  const { settings, noiseAt, probe } = state;
  const gateway = gatewayAt(state);
  return {
    peers: settings.others.map((member) => peerToTell(state, member, now)),
    gateway: {
      asked: [...settings.pingNodes],
      answers: sawGateway(state, now),
      ...(gateway === undefined ? {} : { answeredMsAgo: ageMs(gateway, now) }),
    },
    silentMs: ageMs(noiseAt, now),
    ...(probe.answeredBy === undefined ? {} : { answeredBy: probe.answeredBy }),
  };
};

const peerToTell = (state: ElectionState, { node, rank }: Member, now: number): HaPeer => {
  const { heard, consent } = state.peers.get(node) ?? {};
  const isLive = liveOthers(state, now).some((other) => other.node === node);
  if (heard === undefined) return { node, rank, isLive };
  const { role, epoch, hasGateway, canServe } = heard.heartbeat;
  return {
    node,
    rank,
    isLive,
    heardMsAgo: ageMs(heard.at, now),
    says: role,
    epoch,
    hasGateway,
    canServe,
    ...(consent === undefined ? {} : { consentMsAgo: ageMs(consent.sentAt, now) }),
  };
};

/** Whole ones: nobody reads more of it. */
const ageMs = (at: number, now: number): number => Math.max(0, Math.round(now - at));
