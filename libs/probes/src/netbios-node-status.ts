import type { ProbingCheck } from '@evenkeel/contracts';
import { durationMs } from '@evenkeel/kernel';
import type { Target } from '@evenkeel/verdicts';
import { randomInt } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { on, once } from 'node:events';
import { failed, type Finding, passed, placeOf } from './finding.ts';
import { namesIn, type NetbiosName, nodeStatusRequest } from './netbios/node-status.ts';
import { networkFailure } from './network-failure.ts';

type NetbiosCheck = Extract<ProbingCheck, { kind: 'netbios-node-status' }>;

/** Datagrams that are no answer to our question, before we stop listening. */
const strangeMax = 16;
const namesShownMax = 8;

/**
 * Asks a NetBIOS node for its names over UDP (RFC 1002), as `nmblookup -A` does. Asks once more after half of the timeout:
 * a lost datagram is no sign of death.
 */
export const probeNetbiosNodeStatus = async (
  check: NetbiosCheck,
  target: Target,
  signal: AbortSignal,
): Promise<Finding> => {
  const place = `UDP ${placeOf(target)}`;
  const socket = createSocket('udp4');
  socket.on('error', () => undefined); // one that nobody awaits would end the process
  const transactionId = randomInt(0x1_0000);
  const ask = (): void => socket.send(nodeStatusRequest(transactionId));
  let secondQuestion: NodeJS.Timeout | undefined;
  let strange = 0;
  try {
    await connected(socket, check, target, signal);
    ask();
    secondQuestion = setTimeout(ask, (durationMs(check.timeout) ?? 0) / 2);
    for await (const [packet] of on(socket, 'message', { signal }) as AsyncIterable<[Buffer]>) {
      const names = namesIn(packet, transactionId);
      if (names !== undefined) return passed(`${place} answered the node status query as ${written(names)}`);
      strange += 1;
      if (strange === strangeMax) break;
    }
  } catch (error) {
    if (!signal.aborted) return networkFailure(error as NodeJS.ErrnoException, place);
  } finally {
    clearTimeout(secondQuestion);
    socket.close();
  }
  return strange === 0
    ? failed('netbios-silent', `${place} did not answer the node status query within ${check.timeout}`)
    : failed('netbios-malformed', `${place} answered ${strange} times, but with no node status for our query`);
};

/** A connected UDP socket hears from nobody else, and is told when nothing listens there. */
const connected = async (socket: Socket, { source }: NetbiosCheck, target: Target, signal: AbortSignal) => {
  if (source !== undefined) socket.bind({ port: 0, address: source });
  socket.connect(target.port, target.address);
  await once(socket, 'connect', { signal });
};

const written = (names: readonly NetbiosName[]): string => {
  const shown = names
    .slice(0, namesShownMax)
    .map(({ name, suffix }) => `${name}<${suffix.toString(16).padStart(2, '0')}>`);
  return shown.length === 0 ? 'a node without names' : shown.join(', ');
};
