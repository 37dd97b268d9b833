import type { Target } from '@evenkeel/verdicts';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { announcementFor } from './announcement.ts';
import { certificateShownOn } from './certificate.ts';
import { Disappointed, failed, type Finding, placeOf } from './finding.ts';
import { networkFailure } from './network-failure.ts';
import { type Listen, nobodyListens } from './transcript.ts';

/** The part of a check that says how to reach the server. */
export type Dialled = {
  /** Our own address to ask from. */
  readonly source?: string | undefined;
  /** As written in the check, for the sentence about it. */
  readonly timeout: string;
  readonly tls?: { readonly verify: boolean; readonly serverName?: string | undefined } | undefined;
};

/**
 * An open TCP connection, with TLS on it when the check asks for that. The caller destroys it; the signal does so too.
 * Throws `Disappointed`. Resolves no names: addresses in the book are numbers.
 */
export const dial = (
  dialled: Dialled,
  target: Target,
  signal: AbortSignal,
  listen: Listen = nobodyListens,
): Promise<Socket> => {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const { source, timeout, tls } = dialled;
  const place = placeOf(target);
  const from = source === undefined ? {} : { localAddress: source };
  const where = { host: target.address, port: target.port, ...from, noDelay: true };
  // Without a server name no SNI is sent, and a verified certificate must bear the address itself.
  const names = { servername: tls?.serverName ?? '', rejectUnauthorized: tls?.verify ?? false };
  const announcement = announcementFor(target);
  const socket = opened(where, tls === undefined ? undefined : names, announcement);
  // Not `connect`'s own `signal` option: it makes an error with a stack for every socket that is closed in good time.
  signal.addEventListener('abort', () => socket.destroy(new Error('the time is over')), { once: true });

  let hasConnected = false;
  socket.once('connect', () => {
    hasConnected = true;
    listen('server', 'TCP connection accepted');
    if (announcement !== undefined) listen('checker', 'PROXY header', { frame: announcement });
  });
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    if (socket instanceof TLSSocket) listen('server', 'TLS handshake finished', { lines: secured(socket) });
    resolve(socket);
  });
  // Stays for good: an error without a listener would end the process. Later ones show as a closed connection.
  socket.on('error', (error) => {
    if (hasConnected) reject(new Disappointed(tlsFailure(error, place, signal.aborted ? timeout : undefined)));
    else if (signal.aborted) reject(new Disappointed(noConnection(place, timeout)));
    else reject(new Disappointed(networkFailure(error, place)));
  });
  return promise;
};

const opened = (where: Where, names: Names | undefined, announcement: Buffer | undefined): Socket => {
  if (announcement === undefined) return names === undefined ? connect(where) : connectTls({ ...where, ...names });
  const plain = connect(where);
  plain.once('connect', () => plain.write(announcement)); // before TLS says a word
  return names === undefined ? plain : connectTls({ socket: plain, ...names });
};

const secured = (socket: TLSSocket): string[] => {
  const certificate = certificateShownOn(socket);
  const shown = certificate === undefined ? [] : [`subject: ${certificate.subject}`, `ends: ${certificate.notAfter}`];
  return [`${socket.getProtocol() ?? 'unknown version'}, ${socket.getCipher().name}`, ...shown];
};

type Where = {
  readonly host: string;
  readonly port: number;
  readonly localAddress?: string;
  readonly noDelay: boolean;
};
type Names = { readonly servername: string; readonly rejectUnauthorized: boolean };

const noConnection = (place: string, timeout: string): Finding =>
  failed('connect-timeout', `${place} did not answer the connection attempt within ${timeout}`);

/** The plain words: OpenSSL has them in `reason`, and Node puts advice for developers behind a semicolon. */
const plainWords = ({ reason, message }: Error & { readonly reason?: string }): string =>
  (reason ?? message).split(';')[0] ?? '';

const tlsFailure = (error: Error, place: string, over: string | undefined): Finding =>
  over === undefined
    ? failed('tls-failed', `TLS with ${place} failed: ${plainWords(error)}`)
    : failed('tls-failed', `${place} accepted the connection but did not finish the TLS handshake within ${over}`);
