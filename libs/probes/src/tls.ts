import type { ProbingCheck } from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import type { Target } from '@evenkeel/verdicts';
import { TLSSocket } from 'node:tls';
import { certificateShownOn, daysLeft, endOf, withCertificate } from './certificate.ts';
import { dial } from './dial.ts';
import { failed, type Finding, passed, placeOf } from './finding.ts';
import type { Listen } from './transcript.ts';

type TlsCheck = Extract<ProbingCheck, { kind: 'tls' }>;

/** Whether the server finishes a TLS handshake, and with which certificate. Nothing is said after it. */
export const probeTls = async (
  check: TlsCheck,
  target: Target,
  signal: AbortSignal,
  nowMs: number,
  listen?: Listen,
): Promise<Finding> => {
  const socket = await dial({ ...check, tls: check }, target, signal, listen);
  const certificate = certificateShownOn(socket);
  assert(socket instanceof TLSSocket, 'a dial with TLS gives a TLS socket');
  const told = `${placeOf(target)} finished the TLS handshake (${socket.getProtocol() ?? 'unknown version'})`;
  socket.destroy();
  const { minimumDaysLeft } = check;
  if (minimumDaysLeft === undefined) return withCertificate(passed(told), certificate, nowMs);
  if (certificate === undefined)
    return failed('certificate-ends', `${told}, but showed no certificate that has an end`);
  const isLongEnough = daysLeft(certificate, nowMs) >= minimumDaysLeft;
  if (isLongEnough) return withCertificate(passed(told), certificate, nowMs);
  const detail = `${told}, but ${endOf(certificate, nowMs)}; ${minimumDaysLeft} at least were asked for`;
  return { ...failed('certificate-ends', detail), certificate };
};
