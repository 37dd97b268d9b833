import * as z from 'zod';
import { RealServerId } from '../ids.ts';
import { Timestamp } from '../values.ts';

export const VerdictReason = z.enum([
  'check-passed',
  'not-checked',
  'never-checked',
  'connect-refused',
  'connect-timeout',
  'host-unreachable',
  'http-status',
  'http-body',
  'http-malformed',
  'http-timeout',
  'tls-failed',
  'certificate-ends',
  'dicom-rejected',
  'dicom-aborted',
  'dicom-timeout',
  'dicom-status',
  'dicom-malformed',
  'netbios-silent',
  'netbios-malformed',
  'ldap-timeout',
  'ldap-refused',
  'ldap-status',
  'ldap-malformed',
  'ping-silent',
  'dns-silent',
  'dns-malformed',
  'dns-status',
  'dns-answer',
  'udp-silent',
  'udp-unexpected',
  'connection-closed',
  'external-failed',
  'external-timeout',
  'external-disabled',
  'followed',
  'checker-failed',
  'not-allowed',
  'secret-missing',
  'credentials-refused',
]);
export type VerdictReason = z.infer<typeof VerdictReason>;

export const VerdictState = z.enum(['up', 'down', 'unknown']);
export type VerdictState = z.infer<typeof VerdictState>;

/** Of the certificate that a server showed, whether or not it was verified. */
export const ShownCertificate = z
  .strictObject({ subject: z.string().max(256), notAfter: Timestamp })
  .meta({ id: 'ShownCertificate' });
export type ShownCertificate = z.infer<typeof ShownCertificate>;

/** What one probe saw. Never payloads: at most a status line or a status code, 512 characters, control characters removed. */
export const ProbeResult = z
  .strictObject({
    /**
     * `alive-but-refused`: the node answers and the check itself is misconfigured; not a failure of the server.
     * `not-asked`: the checker could not ask (no such source address, no file handles); says nothing about the server.
     */
    outcome: z.enum(['passed', 'failed', 'alive-but-refused', 'not-asked']),
    reason: VerdictReason,
    /** One sentence for a person: what was asked and what came back. */
    detail: z.string().max(512),
    latencyMs: z.number().min(0),
    at: Timestamp,
    /** Of a check that spoke TLS, when the handshake came so far. */
    certificate: ShownCertificate.optional(),
  })
  .meta({ id: 'ProbeResult' });
export type ProbeResult = z.infer<typeof ProbeResult>;

/** What one of several checkers says of a real server. */
export const CheckerVote = z
  .strictObject({
    checker: z.string().max(100),
    state: VerdictState,
    reason: VerdictReason,
    detail: z.string().max(512),
    /** It could not ask: that says nothing about the server, and is not counted. */
    isBlind: z.literal(true).optional(),
  })
  .meta({ id: 'CheckerVote' });
export type CheckerVote = z.infer<typeof CheckerVote>;

/** The judgement about one real server, with its reason and evidence. Key in the verdict bucket: the real server's id. */
export const Verdict = z
  .strictObject({
    realServerId: RealServerId,
    state: VerdictState,
    reason: VerdictReason,
    detail: z.string().max(512),
    /** When this state began. */
    since: Timestamp,
    /** When it was last seen to come back from `down`; absent while it is down, and when nobody has seen that. */
    backSince: Timestamp.optional(),
    /** Which health process judged, or, of several, speaks for all. */
    checker: z.string().max(100),
    /** The newest results of that checker, last one last, 20 at the most. */
    evidence: z.array(ProbeResult).max(20),
    /** What was counted, when several checkers ask: by name. */
    votes: z.array(CheckerVote).max(32).optional(),
  })
  .meta({ id: 'Verdict' });
export type Verdict = z.infer<typeof Verdict>;
