import type { ShownCertificate } from '@evenkeel/contracts';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { cleanDetail } from './clean-detail.ts';
import type { Finding } from './finding.ts';

const dayMs = 86_400_000;
/** From here on the words of a finding say it too: time to renew, and to notice that renewing does not work. */
const warnDays = 14;
const subjectMax = 256;

/** What the peer on this connection has shown. Undefined without TLS, or when its dates are no dates. */
export const certificateShownOn = (socket: Socket): ShownCertificate | undefined => {
  const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (shown === undefined) return undefined;
  const endsMs = Date.parse(shown.validTo);
  if (Number.isNaN(endsMs)) return undefined;
  // OpenSSL writes one part a line; a server without a subject has none.
  const subject = cleanDetail((shown.subject ?? '').split('\n').join(', ')).slice(0, subjectMax);
  return { subject, notAfter: new Date(endsMs).toISOString() };
};

/** Whole days that a certificate is still good for; below 0 when it is over. */
export const daysLeft = ({ notAfter }: ShownCertificate, nowMs: number): number =>
  Math.floor((Date.parse(notAfter) - nowMs) / dayMs);

/** The finding with the certificate in evidence, and a warning in its words when that ends soon or has ended. */
export const withCertificate = (
  finding: Finding,
  certificate: ShownCertificate | undefined,
  nowMs: number,
): Finding => {
  if (certificate === undefined) return finding;
  const isSoon = daysLeft(certificate, nowMs) < warnDays;
  const detail = isSoon ? `${finding.detail}; ${endOf(certificate, nowMs)}` : finding.detail;
  return { ...finding, detail, certificate };
};

export const endOf = (certificate: ShownCertificate, nowMs: number): string => {
  const days = daysLeft(certificate, nowMs);
  const day = certificate.notAfter.slice(0, 10);
  return days < 0
    ? `its certificate (${certificate.subject}) ended on ${day}`
    : `its certificate (${certificate.subject}) ends on ${day}, in ${days} ${days === 1 ? 'day' : 'days'}`;
};
