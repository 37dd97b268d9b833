import type { ProbingCheck } from '@evenkeel/contracts';
import type { Target } from '@evenkeel/verdicts';
import { dial } from './dial.ts';
import { type Finding, passed, placeOf } from './finding.ts';
import type { Listen } from './transcript.ts';

type ConnectCheck = Extract<ProbingCheck, { kind: 'connect' }>;

/** Whether somebody accepts TCP connections there. The kernel of a hung server does so too. */
export const probeConnect = async (
  check: ConnectCheck,
  target: Target,
  signal: AbortSignal,
  listen?: Listen,
): Promise<Finding> => {
  const socket = await dial(check, target, signal, listen);
  // A reset leaves no TIME_WAIT behind: at thousands of checks a second those would use up the local ports.
  socket.resetAndDestroy();
  return passed(`${placeOf(target)} accepted a connection`);
};
