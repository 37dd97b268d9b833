import { isIPv6, type ProbeResult, type ProbingCheck, secretIn } from '@evenkeel/contracts';
import { type Clock, durationMs } from '@evenkeel/kernel';
import type { Target } from '@evenkeel/verdicts';
import type { Asking } from './asking.ts';
import { cleanDetail } from './clean-detail.ts';
import { probeConnect } from './connect.ts';
import { probeDicomEcho } from './dicom-echo.ts';
import { probeDns } from './dns.ts';
import { probeExternal } from './external.ts';
import { Disappointed, type Finding, notAsked, placeOf, secretMissing } from './finding.ts';
import { probeHttp } from './http.ts';
import type { Identity } from './identity.ts';
import { probeLdap } from './ldap.ts';
import { probeNetbiosNodeStatus } from './netbios-node-status.ts';
import { probePing } from './ping.ts';
import { probeTls } from './tls.ts';
import type { Listen } from './transcript.ts';
import { probeUdp } from './udp.ts';

/** Who to sign in as with the secret of this name. Rejects with a sentence that says why nobody knows. */
export type IdentityOf = (secret: string) => Promise<Identity>;

/** What a check can need beside its target. */
export type Means = {
  readonly identityOf?: IdentityOf;
  /** The folder of the programs that a check may run; without it none is. */
  readonly programs?: string | undefined;
};

/** All kinds of check that send something. */
export class Probes {
  private readonly underWay = new Set<AbortController>();

  /** `isOurs`: places that no check may ask, whatever the book says. */
  constructor(
    private readonly clock: Clock,
    private readonly isOurs: (target: Target) => boolean = () => false,
    private readonly means: Means = {},
  ) {}

  /**
   * Asks one target once. Resolves within the check's timeout, whatever the target does, with what came of it. Rejects
   * only for a bug. The detail is one line of at most 512 harmless characters. `listen`: told what is said on the way.
   */
  async probe(check: ProbingCheck, target: Target, listen?: Listen): Promise<ProbeResult> {
    const startedMs = this.clock.monotonicMs();
    const limit = new AbortController();
    // An answer that has arrived while we were busy must not lose against the timer: sockets get their turn first.
    const timer = setTimeout(() => setImmediate(() => limit.abort()), durationMs(check.timeout) ?? 0);
    this.underWay.add(limit);
    const asking = { signal: limit.signal, nowMs: this.clock.nowMs(), listen, programs: this.means.programs };
    const { detail, ...finding } = await this.findOut(check, target, asking).finally(() => {
      clearTimeout(timer);
      this.underWay.delete(limit);
    });
    const latencyMs = Math.round((this.clock.monotonicMs() - startedMs) * 10) / 10;
    return { ...finding, detail: cleanDetail(detail), latencyMs, at: new Date(this.clock.nowMs()).toISOString() };
  }

  /** Ends every probe that is under way, as if its time were over. */
  close(): void {
    for (const limit of this.underWay) limit.abort();
  }

  private async findOut(check: ProbingCheck, target: Target, asking: Asking): Promise<Finding> {
    if (this.isOurs(target)) return notAllowed(target);
    const source = 'source' in check ? check.source : undefined;
    if (source !== undefined && isIPv6(source) !== isIPv6(target.address)) return noWayFrom(source, target);
    try {
      const identity = await this.identify(check, asking.signal);
      return await ask(check, target, { ...asking, identity });
    } catch (failure) {
      if (failure instanceof Disappointed) return failure.finding;
      throw failure;
    }
  }

  /** Throws `Disappointed`: whoever cannot sign in must not ask as nobody, and learn something else. */
  private async identify(check: ProbingCheck, signal: AbortSignal): Promise<Identity | undefined> {
    const secret = secretIn(check)?.secret;
    if (secret === undefined) return undefined;
    try {
      return await Promise.race([(this.means.identityOf ?? knowsNobody)(secret), overAt(signal)]);
    } catch (failure) {
      const why = failure instanceof Error ? failure.message : String(failure);
      throw new Disappointed(secretMissing(secret, why));
    }
  }
}

const knowsNobody: IdentityOf = () => Promise.reject(new Error('this process opens no secrets'));

const overAt = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const over = (): void => reject(new Error('they did not come in time'));
    signal.addEventListener('abort', over, { once: true });
  });

/** The system would say no more than that an argument is invalid. */
const noWayFrom = (source: string, target: Target): Finding =>
  notAsked(`this checker could not ask ${placeOf(target)} from ${source}: one of them is IPv6, the other is not`);

const notAllowed = (target: Target): Finding => ({
  outcome: 'not-asked',
  reason: 'not-allowed',
  detail: `${placeOf(target)} belongs to the control plane, and no check goes there`,
});

const ask = (check: ProbingCheck, target: Target, asking: Asking): Promise<Finding> => {
  const { signal, nowMs, listen } = asking;
  switch (check.kind) {
    case 'connect':
      return probeConnect(check, target, signal, listen);
    case 'http':
      return probeHttp(check, target, asking);
    case 'tls':
      return probeTls(check, target, signal, nowMs, listen);
    case 'dicom-echo':
      return probeDicomEcho(check, target, signal, listen);
    case 'netbios-node-status':
      return probeNetbiosNodeStatus(check, target, signal, listen);
    case 'ping':
      return probePing(check, target, signal, listen);
    case 'dns':
      return probeDns(check, target, signal, listen);
    case 'external':
      return probeExternal(check, target, asking);
    case 'udp':
      return probeUdp(check, target, signal, listen);
    case 'ldap':
      return probeLdap(check, target, asking);
    default:
      return check satisfies never;
  }
};
