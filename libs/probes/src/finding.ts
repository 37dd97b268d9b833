import { hostAndPort, type ProbeResult, type VerdictReason } from '@evenkeel/contracts';
import type { Target } from '@evenkeel/verdicts';

/** What a probe found out, before it is timed. */
export type Finding = Pick<ProbeResult, 'outcome' | 'reason' | 'detail' | 'certificate'>;

export const passed = (detail: string): Finding => ({ outcome: 'passed', reason: 'check-passed', detail });

/** The server does not do what it is there for. */
export const failed = (reason: VerdictReason, detail: string): Finding => ({ outcome: 'failed', reason, detail });

/** The server answers, and does not like the check. */
export const refused = (reason: VerdictReason, detail: string): Finding => ({
  outcome: 'alive-but-refused',
  reason,
  detail,
});

/** The fault is on our side: nothing was learnt about the server. */
export const notAsked = (detail: string): Finding => ({ outcome: 'not-asked', reason: 'checker-failed', detail });

/** The same, because there is nobody to sign in as. */
export const secretMissing = (secret: string, why: string): Finding => ({
  outcome: 'not-asked',
  reason: 'secret-missing',
  detail: `not asked: this checker does not have the credentials of ${secret}: ${why}`,
});

/** The server is alive, and takes somebody else, or nobody. */
export const credentialsRefused = (detail: string): Finding => refused('credentials-refused', detail);

/** A step of a probe did not get what it needs, and that is the finding. */
export class Disappointed extends Error {
  override readonly name = 'Disappointed';

  constructor(readonly finding: Finding) {
    super(finding.detail);
  }
}

export const placeOf = ({ address, port }: Target): string => hostAndPort(address, port);
