import type { ProbingCheck } from '@evenkeel/contracts';
import type { Target } from '@evenkeel/verdicts';
import { askOverUdp, udpPlaceOf } from './ask-over-udp.ts';
import { failed, type Finding, passed } from './finding.ts';
import type { Listen } from './transcript.ts';

type UdpCheck = Extract<ProbingCheck, { kind: 'udp' }>;

/** One datagram there, one back. What came back is not told, only how long it was: it may be anybody's data. */
export const probeUdp = async (
  check: UdpCheck,
  target: Target,
  signal: AbortSignal,
  listen?: Listen,
): Promise<Finding> => {
  const place = udpPlaceOf(target);
  const bytes = (text: string): Buffer => Buffer.from(text, check.encoding === 'hex' ? 'hex' : 'utf8');
  const start = bytes(check.expectStart ?? '');
  const within = bytes(check.expectWithin ?? '');
  const read = (packet: Buffer): number | undefined =>
    packet.subarray(0, start.length).equals(start) && packet.includes(within) ? packet.length : undefined;
  const came = await askOverUdp(check, target, { question: bytes(check.request), read }, signal, listen);
  if (came.kind === 'failed') return came.finding;
  if (came.kind === 'answered') return passed(`${place} answered with ${came.answer} bytes`);
  return came.strange === 0
    ? failed('udp-silent', `${place} did not answer within ${check.timeout}`)
    : failed('udp-unexpected', `${place} answered ${came.strange} times, but not as expected`);
};
