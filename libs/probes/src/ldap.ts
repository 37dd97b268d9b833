import type { ProbingCheck } from '@evenkeel/contracts';
import type { Target } from '@evenkeel/verdicts';
import type { Socket } from 'node:net';
import { certificateShownOn, withCertificate } from './certificate.ts';
import { dial } from './dial.ts';
import { failed, type Finding, passed, placeOf, refused } from './finding.ts';
import { anonymousBind, type BindAnswer, boundIn, unbind } from './ldap/bind.ts';
import { type Listen, nobodyListens } from './transcript.ts';

type LdapCheck = Extract<ProbingCheck, { kind: 'ldap' }>;

/** An anonymous bind, and an unbind after it. A directory that hangs goes on accepting connections; this one sees it. */
export const probeLdap = async (
  check: LdapCheck,
  target: Target,
  signal: AbortSignal,
  nowMs: number,
  listen: Listen = nobodyListens,
): Promise<Finding> => {
  const socket = await dial(check, target, signal, listen);
  const certificate = certificateShownOn(socket);
  try {
    return withCertificate(await bind({ socket, check, place: placeOf(target), signal, listen }), certificate, nowMs);
  } finally {
    socket.destroy();
  }
};

type Talk = {
  readonly socket: Socket;
  readonly check: LdapCheck;
  readonly place: string;
  readonly signal: AbortSignal;
  readonly listen: Listen;
};

const bind = async ({ socket, check, place, signal, listen }: Talk): Promise<Finding> => {
  const say = (what: string, frame: Buffer): Buffer => {
    listen('checker', what, { frame });
    return frame;
  };
  socket.write(say('anonymous bind request', anonymousBind()));
  let held = Buffer.alloc(0);
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) {
      held = Buffer.concat([held, piece]);
      const bound = boundIn(held);
      if (bound.kind === 'incomplete') continue;
      if (bound.kind === 'malformed') {
        listen('server', 'no LDAP', { length: held.length });
        return failed('ldap-malformed', `${place} answered the bind with something else`);
      }
      listen('server', 'bind response', { frame: held });
      socket.end(say('unbind', unbind()));
      return judged(bound, place);
    }
  } catch {
    // An error ends a connection as an end does.
  }
  return signal.aborted
    ? failed('ldap-timeout', `${place} accepted the connection, but did not answer the bind within ${check.timeout}`)
    : failed('connection-closed', `${place} closed the connection instead of answering the bind`);
};

const judged = ({ code, words }: BindAnswer, place: string): Finding => {
  if (code === 0) return passed(`${place} accepted an anonymous bind`);
  const name = codes[code];
  const told = `${place} answered the bind with ${code}${name === undefined ? '' : ` (${name})`}`;
  const detail = words === '' ? told : `${told}: ${words}`;
  return refusals.has(code) ? refused('ldap-refused', detail) : failed('ldap-status', detail);
};

/** RFC 4511, appendix A. */
const codes: Readonly<Record<number, string>> = {
  1: 'operationsError',
  2: 'protocolError',
  7: 'authMethodNotSupported',
  8: 'strongerAuthRequired',
  13: 'confidentialityRequired',
  48: 'inappropriateAuthentication',
  49: 'invalidCredentials',
  50: 'insufficientAccessRights',
  51: 'busy',
  52: 'unavailable',
  53: 'unwillingToPerform',
  80: 'other',
};
/** The directory is alive, and binds nobody without a name, or not so. */
const refusals: ReadonlySet<number> = new Set([2, 7, 8, 13, 48, 49, 50, 53]);
