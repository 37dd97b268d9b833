import type { ProbingCheck } from '@evenkeel/contracts';
import type { Target } from '@evenkeel/verdicts';
import type { Socket } from 'node:net';
import type { Asking } from './asking.ts';
import { certificateShownOn, withCertificate } from './certificate.ts';
import { dial } from './dial.ts';
import { credentialsRefused, failed, type Finding, passed, placeOf, refused } from './finding.ts';
import { discreet, type Identity } from './identity.ts';
import { type BindAnswer, bindRequest, boundIn, unbind } from './ldap/bind.ts';
import { discreetly, type Listen, nobodyListens } from './transcript.ts';

type LdapCheck = Extract<ProbingCheck, { kind: 'ldap' }>;

/** A bind, anonymous or with a name, and an unbind after it. A directory that hangs goes on accepting connections; this one sees it. */
export const probeLdap = async (
  check: LdapCheck,
  target: Target,
  { signal, nowMs, listen = nobodyListens, identity }: Asking,
): Promise<Finding> => {
  const socket = await dial(check, target, signal, listen);
  const certificate = certificateShownOn(socket);
  const talk = { socket, check, place: placeOf(target), signal, listen: discreetly(listen, identity), identity };
  try {
    return withCertificate(await bind(talk), certificate, nowMs);
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
  readonly identity: Identity | undefined;
};

const bind = async ({ socket, check, place, signal, listen, identity }: Talk): Promise<Finding> => {
  socket.write(request(listen, identity));
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
      listen('checker', 'unbind', { frame: unbind() });
      socket.end(unbind());
      return judged(bound, place, identity);
    }
  } catch {
    // An error ends a connection as an end does.
  }
  return signal.aborted
    ? failed('ldap-timeout', `${place} accepted the connection, but did not answer the bind within ${check.timeout}`)
    : failed('connection-closed', `${place} closed the connection instead of answering the bind`);
};

/** What is sent. Of a bind with a name nothing is told but whose it is: its length would tell how long the password is. */
const request = (listen: Listen, identity: Identity | undefined): Buffer => {
  const frame = bindRequest(identity?.reveal());
  if (identity === undefined) listen('checker', 'anonymous bind request', { frame });
  else listen('checker', `bind request with the credentials of ${identity.secret}`);
  return frame;
};

const judged = ({ code, words }: BindAnswer, place: string, identity: Identity | undefined): Finding => {
  const bound = identity === undefined ? 'an anonymous bind' : `a bind with the credentials of ${identity.secret}`;
  if (code === 0) return passed(`${place} accepted ${bound}`);
  const name = codes[code];
  const asked = identity === undefined ? 'the bind' : bound;
  const told = `${place} answered ${asked} with ${code}${name === undefined ? '' : ` (${name})`}`;
  const detail = words === '' ? told : `${told}: ${discreet(words, identity)}`;
  if (identity !== undefined && ofCredentials.has(code)) return credentialsRefused(detail);
  return refusals.has(code) ? refused('ldap-refused', detail) : failed('ldap-status', detail);
};

/** RFC 4511, appendix A. */
const codes: Readonly<Record<number, string>> = {
  1: 'operationsError',
  2: 'protocolError',
  7: 'authMethodNotSupported',
  8: 'strongerAuthRequired',
  13: 'confidentialityRequired',
  32: 'noSuchObject',
  34: 'invalidDNSyntax',
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
/** There is nobody of this name, it is no name, or the password is another one. */
const ofCredentials: ReadonlySet<number> = new Set([32, 34, 49]);
