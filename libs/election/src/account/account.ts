import type { HaEvidence, HaRole } from '@evenkeel/contracts';
import { deadMsOf } from '../evidence.ts';
import { canServe } from '../standing.ts';
import type { ElectionState } from '../state.ts';
import { evidenceToTell } from './evidence-to-tell.ts';
import { whyStandby } from './why-standby.ts';

/** What a node has to say of itself. */
export type Account = {
  readonly role: HaRole;
  readonly epoch: number;
  readonly canServe: boolean;
  readonly deadMs: number;
  readonly evidence: HaEvidence;
  /** Undefined for one that serves: why it took the addresses was news. */
  readonly whyStandby: string | undefined;
};

export const accountOf = (state: ElectionState, now: number): Account => {
  const { kind } = state.role;
  // Until the kernel has said that it is mute it may answer.
  const role = kind === 'active' || kind === 'muting' ? 'active' : 'standby';
  return {
    role,
    epoch: 'epoch' in state.role ? state.role.epoch : state.epoch,
    canServe: canServe(state, now),
    deadMs: deadMsOf(state),
    evidence: evidenceToTell(state, now),
    whyStandby: role === 'active' ? undefined : whyStandby(state, now),
  };
};
