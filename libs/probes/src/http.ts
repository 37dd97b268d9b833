import type { ProbingCheck } from '@evenkeel/contracts';
import type { Target } from '@evenkeel/verdicts';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Asking } from './asking.ts';
import { certificateShownOn, withCertificate } from './certificate.ts';
import { dial } from './dial.ts';
import { credentialsRefused, Disappointed, failed, type Finding, passed, placeOf } from './finding.ts';
import { answerHead, requestHead } from './http-head.ts';
import { discreet, type Identity } from './identity.ts';
import { discreetly, type Listen, nobodyListens } from './transcript.ts';

type HttpCheck = Extract<ProbingCheck, { kind: 'http' }>;

const headersMaxBytes = 16 * 1024;
const bodyMaxBytes = 64 * 1024;

/**
 * One request and its status line; with `expectBody` also the beginning of the body. No redirect is followed. Of the
 * answer no more than 16 KiB of headers and 64 KiB of body are read.
 */
export const probeHttp = async (
  check: HttpCheck,
  target: Target,
  { signal, nowMs, listen = nobodyListens, identity }: Asking,
): Promise<Finding> => {
  const socket = await dial(check, target, signal, listen);
  const certificate = certificateShownOn(socket);
  const talk = { socket, check, target, signal, listen: discreetly(listen, identity), identity };
  try {
    return withCertificate(await converse(talk), certificate, nowMs);
  } finally {
    socket.destroy();
  }
};

type Talk = {
  readonly socket: Socket;
  readonly check: HttpCheck;
  readonly target: Target;
  readonly signal: AbortSignal;
  readonly listen: Listen;
  readonly identity: Identity | undefined;
};

const converse = async (talk: Talk): Promise<Finding> => {
  const { check, signal, listen, identity } = talk;
  const response = await ask(talk);
  listen('server', 'status line and headers', { lines: answerHead(response) });
  const status = `${response.statusCode} ${discreet(response.statusMessage ?? '', identity)}`.trimEnd();
  const told = `${asked(talk)} answered "${status}"`;
  if (!check.expectStatus.includes(response.statusCode ?? 0)) {
    const expected = `${told}, expected ${check.expectStatus.join(' or ')}`;
    const isAboutUs = identity !== undefined && ofCredentials.has(response.statusCode ?? 0);
    return isAboutUs ? credentialsRefused(expected) : failed('http-status', expected);
  }
  const { expectBody } = check;
  if (expectBody === undefined) return passed(told);
  const tell = (length: number): void => listen('server', 'body, as far as it was read', { length });
  const isThere = await contains(response, expectBody, tell).catch((error: Error) => {
    throw new Disappointed(brokenOff(`${told}, then the body`, error, check, signal));
  });
  if (isThere) return passed(`${told}, and the body contains "${expectBody}"`);
  return failed('http-body', `${told}, but the body does not contain "${expectBody}"`);
};

/** RFC 9110, sections 15.5.2 and 15.5.4: unknown, or not allowed to see this. */
const ofCredentials: ReadonlySet<number> = new Set([401, 403]);

const asked = ({
  check: { method, path, tls },
  target,
  identity,
}: Pick<Talk, 'check' | 'target' | 'identity'>): string => {
  const asWhom = identity === undefined ? '' : ` with the credentials of ${identity.secret}`;
  return `${method} ${path} on ${placeOf(target)}${tls === undefined ? '' : ' (TLS)'}${asWhom}`;
};

const ask = ({ socket, check, target, signal, listen, identity }: Talk): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const question = request({
      createConnection: () => socket,
      method: check.method,
      path: check.path,
      headers: {
        'user-agent': 'evenkeel-health',
        ...check.headers,
        ...authorization(identity),
        host: check.host ?? hostOf(check, target),
        connection: 'close',
      },
      maxHeaderSize: headersMaxBytes,
    });
    question.once('response', resolve);
    question.once('upgrade', resolve); // a 101 has no response event
    question.on('error', (error) =>
      reject(new Disappointed(brokenOff(asked({ check, target, identity }), error, check, signal))),
    );
    listen('checker', 'request', { lines: requestHead(question, identity) });
    question.end();
  });

/** RFC 7617, section 2. Servers that expect another character set than UTF-8 cannot be helped: they do not say so. */
const authorization = (identity: Identity | undefined): { authorization?: string } => {
  if (identity === undefined) return {};
  const { username, password } = identity.reveal();
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
};

/** RFC 9110, section 7.2: without the port when it is the usual one. */
const hostOf = ({ tls }: HttpCheck, target: Target): string =>
  target.port === (tls === undefined ? 80 : 443) ? placeOf(target).replace(/:\d+$/, '') : placeOf(target);

const brokenOff = (
  told: string,
  error: NodeJS.ErrnoException,
  { timeout }: HttpCheck,
  signal: AbortSignal,
): Finding => {
  if (signal.aborted) return failed('http-timeout', `${told}: no complete answer within ${timeout}`);
  // The parser's own codes, such as HPE_HEADER_OVERFLOW.
  if (error.code?.startsWith('HPE_') === true) return failed('http-malformed', `${told}: ${error.message}`);
  return failed('connection-closed', `${told}: the connection was closed before the answer was complete`);
};

/** Whether the text begins within the first 64 KiB. Holds one piece of the body at a time. */
const contains = async (
  response: IncomingMessage,
  text: string,
  tell: (bytesRead: number) => void,
): Promise<boolean> => {
  const wanted = Buffer.from(text);
  let left = bodyMaxBytes;
  let held = Buffer.alloc(0);
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      const piece = chunk.subarray(0, left);
      left -= piece.length;
      held = Buffer.concat([held, piece]);
      if (held.includes(wanted)) return true;
      if (left === 0) return false;
      held = held.subarray(Math.max(0, held.length - wanted.length + 1)); // the text may lie across two pieces
    }
    return false;
  } finally {
    tell(bodyMaxBytes - left);
  }
};
