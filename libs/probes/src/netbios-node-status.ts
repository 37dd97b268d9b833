import type { ProbingCheck } from '@evenkeel/contracts';
import type { Target } from '@evenkeel/verdicts';
import { randomInt } from 'node:crypto';
import { askOverUdp, udpPlaceOf } from './ask-over-udp.ts';
import { failed, type Finding, passed } from './finding.ts';
import { namesIn, type NetbiosName, nodeStatusRequest } from './netbios/node-status.ts';
import type { Listen, Shown } from './transcript.ts';

type NetbiosCheck = Extract<ProbingCheck, { kind: 'netbios-node-status' }>;

const namesShownMax = 8;

/** Asks a NetBIOS node for its names over UDP (RFC 1002), as `nmblookup -A` does. */
export const probeNetbiosNodeStatus = async (
  check: NetbiosCheck,
  target: Target,
  signal: AbortSignal,
  listen?: Listen,
): Promise<Finding> => {
  const place = udpPlaceOf(target);
  const transactionId = randomInt(0x1_0000);
  const question = nodeStatusRequest(transactionId);
  const read = (packet: Buffer) => namesIn(packet, transactionId);
  const show = (packet: Buffer, names: readonly NetbiosName[] | undefined): Shown =>
    names === undefined ? { length: packet.length } : { frame: packet, lines: [written(names)] };
  const came = await askOverUdp(check, target, { question, read, show }, signal, listen);
  if (came.kind === 'failed') return came.finding;
  if (came.kind === 'answered') return passed(`${place} answered the node status query as ${written(came.answer)}`);
  return came.strange === 0
    ? failed('netbios-silent', `${place} did not answer the node status query within ${check.timeout}`)
    : failed('netbios-malformed', `${place} answered ${came.strange} times, but with no node status for our query`);
};

const written = (names: readonly NetbiosName[]): string => {
  const shown = names
    .slice(0, namesShownMax)
    .map(({ name, suffix }) => `${name}<${suffix.toString(16).padStart(2, '0')}>`);
  return shown.length === 0 ? 'a node without names' : shown.join(', ');
};
