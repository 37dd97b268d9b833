import type { ProbingCheck } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import type { Target } from '@evenkeel/verdicts';
import type { Socket } from 'node:net';
import { dial } from './dial.ts';
import { echoRequest, echoStatusIn } from './dicom/echo-command.ts';
import { type Ear, earOn } from './dicom/hear.ts';
import { rejectionFinding } from './dicom/rejection.ts';
import { associateRequest, commandData, releaseRequest } from './dicom/upper-layer.ts';
import { failed, type Finding, passed, placeOf, refused } from './finding.ts';
import { type Listen, nobodyListens } from './transcript.ts';

type DicomCheck = Extract<ProbingCheck, { kind: 'dicom-echo' }>;

type Talk = {
  readonly check: DicomCheck;
  readonly place: string;
  readonly socket: Socket;
  readonly say: (what: string, frame: Buffer) => void;
  readonly hear: Ear;
  readonly signal: AbortSignal;
};

/** A polite end spares the server an error in its log, but the finding stands without it. */
const releaseWaitMs = 500;
/** An answer to C-ECHO has some hundred bytes; a server may cut it into pieces, not into dust. */
const piecesMax = 32;

/**
 * C-ECHO: an association for Verification, one question, a release. The only check that sees a hung PACS, whose kernel
 * goes on accepting connections. DICOM PS3.7 and PS3.8; the dialogue carries nothing about patients.
 */
export const probeDicomEcho = async (
  check: DicomCheck,
  target: Target,
  signal: AbortSignal,
  listen: Listen = nobodyListens,
): Promise<Finding> => {
  const socket = await dial(check, target, signal, listen);
  const say = (what: string, frame: Buffer): void => {
    listen('checker', what, { frame });
    socket.write(frame);
  };
  try {
    return await converse({ check, place: placeOf(target), socket, say, hear: earOn(socket, listen), signal });
  } finally {
    socket.destroy();
  }
};

const converse = async (talk: Talk): Promise<Finding> => {
  const { check, place } = talk;
  const patience = patienceOf(talk, check.acseTimeout);
  talk.say('A-ASSOCIATE-RQ', associateRequest(check.callingAe, check.calledAe));
  const answer = await talk.hear().finally(patience.end);
  if (answer.kind === 'rejected') return rejectionFinding(answer, check, place);
  if (answer.kind !== 'accepted') return unexpected(answer, 'the association request', talk, patience);
  const finding = answer.isVerificationAccepted ? await echo(talk) : noVerification(place);
  await release(talk);
  return finding;
};

const echo = async (talk: Talk): Promise<Finding> => {
  const patience = patienceOf(talk, talk.check.dimseTimeout);
  return answerToEcho(talk, patience).finally(patience.end);
};

const answerToEcho = async (talk: Talk, patience: Patience): Promise<Finding> => {
  talk.say('P-DATA-TF with C-ECHO-RQ', commandData(echoRequest()));
  const pieces: Buffer[] = [];
  for (let heard = 0; heard < piecesMax; heard++) {
    const answer = await talk.hear();
    if (answer.kind !== 'data') return unexpected(answer, 'C-ECHO', talk, patience);
    pieces.push(...answer.fragments.map(({ bytes }) => bytes));
    if (answer.fragments.some(({ isLast }) => isLast)) return judged(Buffer.concat(pieces), talk.place);
  }
  return failed('dicom-malformed', `${talk.place} answered C-ECHO in more than ${piecesMax} pieces`);
};

const judged = (command: Buffer, place: string): Finding => {
  const status = echoStatusIn(command);
  if (status === undefined) return failed('dicom-malformed', `${place} answered C-ECHO with something else`);
  if (status === 0) return passed(`${place} answered C-ECHO with success`);
  const told = `${place} answered C-ECHO with status 0x${status.toString(16).padStart(4, '0')}`;
  // PS3.7, annex C: the two refusals that say that the question, not the server, is wrong.
  if (status === 0x0122) return refused('dicom-status', `${told}: it does not offer Verification`);
  if (status === 0x0124) return refused('dicom-status', `${told}: we are not authorised`);
  return failed('dicom-status', told);
};

const noVerification = (place: string): Finding =>
  refused('dicom-rejected', `${place} accepted the association, but not the Verification that C-ECHO needs`);

const release = async ({ socket, say, hear }: Talk): Promise<void> => {
  socket.setTimeout(releaseWaitMs, () => socket.destroy());
  say('A-RELEASE-RQ', releaseRequest());
  await hear();
};

/** How long the server may take over one part of the talk; after it the socket is destroyed, which ends the hearing. */
type Patience = { readonly end: () => void; readonly isOver: () => boolean; readonly written: string };

const patienceOf = ({ check, socket, signal }: Talk, limit: string | undefined): Patience => {
  if (limit === undefined) return { end: () => undefined, isOver: () => signal.aborted, written: check.timeout };
  let isOver = false;
  const giveUp = (): void => {
    isOver = true;
    socket.destroy();
  };
  // What has arrived while we were busy gets its turn first.
  const timer = setTimeout(() => setImmediate(giveUp), durationMs(limit));
  return { end: () => clearTimeout(timer), isOver: () => isOver || signal.aborted, written: limit };
};

const unexpected = (
  heard: Awaited<ReturnType<Ear>>,
  asked: string,
  { place }: Talk,
  { isOver, written }: Patience,
): Finding => {
  switch (heard.kind) {
    case 'closed':
      return isOver()
        ? failed('dicom-timeout', `${place} accepted the connection, but did not answer ${asked} within ${written}`)
        : failed('connection-closed', `${place} closed the connection instead of answering ${asked}`);
    case 'aborted':
      return failed(
        'dicom-aborted',
        `${place} aborted after ${asked} (source ${heard.source}, reason ${heard.reason})`,
      );
    case 'release-requested':
      return failed('dicom-aborted', `${place} wanted to end the association instead of answering ${asked}`);
    case 'malformed':
      return failed('dicom-malformed', `${place} answered ${asked} with ${heard.why}`);
    default:
      return failed('dicom-malformed', `${place} answered ${asked} with an unexpected message (${heard.kind})`);
  }
};
