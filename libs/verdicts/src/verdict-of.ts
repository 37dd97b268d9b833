import type { Verdict } from '@evenkeel/contracts';
import type { TargetVerdict } from './target-verdict.ts';
import type { Listener } from './wanted.ts';

const detailMax = 512;

/** What a target's verdict says about one real server that shares it or follows it. */
export const verdictOf = (target: TargetVerdict, { realServerId, follows }: Listener, checker: string): Verdict => {
  const { state, reason, detail, since, evidence } = target;
  const common = { realServerId, state, since, checker, evidence: [...evidence] };
  if (follows === undefined) return { ...common, reason, detail };
  return { ...common, reason: 'followed', detail: `follows ${follows}: ${detail}`.slice(0, detailMax) };
};
