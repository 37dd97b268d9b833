import type { Verdict } from '@evenkeel/contracts';
import type { JointVerdict } from './council/judge-together.ts';
import { cameBack } from './return.ts';
import type { Listener } from './wanted.ts';

const detailMax = 512;

/** What a target's verdict says about one real server that shares it or follows it. */
export const verdictOf = (target: JointVerdict, { realServerId, follows }: Listener, checker: string): Verdict => {
  const { state, reason, detail, since, backSince, evidence, votes } = target;
  const counted = votes === undefined ? {} : { votes: [...votes] };
  const when = { since, ...cameBack(backSince) };
  const common = { realServerId, state, ...when, checker, evidence: [...evidence], ...counted };
  if (follows === undefined) return { ...common, reason, detail };
  return { ...common, reason: 'followed', detail: `follows ${follows}: ${detail}`.slice(0, detailMax) };
};
