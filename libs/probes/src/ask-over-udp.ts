import { durationMs } from '@evenkeel/kernel';
import type { Target } from '@evenkeel/verdicts';
import { createSocket, type Socket } from 'node:dgram';
import { on, once } from 'node:events';
import { isIPv6 } from 'node:net';
import { placeOf } from './finding.ts';
import type { Finding } from './finding.ts';
import { networkFailure } from './network-failure.ts';
import { type Listen, nobodyListens, type Shown } from './transcript.ts';

/** The part of a check that says how to ask over UDP. */
export type Asked = { readonly source?: string | undefined; readonly timeout: string };

export type OverUdp<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** Nothing that `read` took for an answer, within the timeout; so many datagrams that it did not. */
  | { readonly kind: 'no-answer'; readonly strange: number }
  | { readonly kind: 'failed'; readonly finding: Finding };

/** Datagrams that are no answer to our question, before we stop listening. */
const strangeMax = 16;

/** The question, and what reads an answer. `show`: of datagrams of which nobody knows what they hold, only the length. */
export type UdpTalk<Answer> = {
  readonly question: Uint8Array;
  readonly read: (packet: Buffer) => Answer | undefined;
  readonly show?: (packet: Buffer, answer: Answer | undefined) => Shown;
};

const lengthOnly = ({ length }: Buffer): Shown => ({ length });

export const udpPlaceOf = (target: Target): string => `UDP ${placeOf(target)}`;

/**
 * Sends a datagram and waits for one that `read` takes for the answer. Asks once more after half of the timeout: a lost
 * datagram is no sign of death. Hears the target and nobody else.
 */
export const askOverUdp = async <Answer>(
  check: Asked,
  target: Target,
  { question, read, show = lengthOnly }: UdpTalk<Answer>,
  signal: AbortSignal,
  listen: Listen = nobodyListens,
): Promise<OverUdp<Answer>> => {
  const socket = createSocket(isIPv6(target.address) ? 'udp6' : 'udp4');
  socket.on('error', () => undefined); // one that nobody awaits would end the process
  const ask = (): void => {
    listen('checker', 'datagram', { frame: question });
    socket.send(question);
  };
  let secondQuestion: NodeJS.Timeout | undefined;
  let strange = 0;
  try {
    await connected(socket, check, target, signal);
    ask();
    secondQuestion = setTimeout(ask, (durationMs(check.timeout) ?? 0) / 2);
    for await (const [packet] of on(socket, 'message', { signal }) as AsyncIterable<[Buffer]>) {
      const answer = read(packet);
      listen('server', answer === undefined ? 'datagram, not as expected' : 'datagram', show(packet, answer));
      if (answer !== undefined) return { kind: 'answered', answer };
      strange += 1;
      if (strange === strangeMax) break;
    }
  } catch (error) {
    if (!signal.aborted) {
      return { kind: 'failed', finding: networkFailure(error as NodeJS.ErrnoException, udpPlaceOf(target)) };
    }
  } finally {
    clearTimeout(secondQuestion);
    socket.close();
  }
  return { kind: 'no-answer', strange };
};

/** A connected UDP socket hears from nobody else, and is told when nothing listens there. */
const connected = async (socket: Socket, { source }: Asked, target: Target, signal: AbortSignal) => {
  if (source !== undefined) socket.bind({ port: 0, address: source });
  socket.connect(target.port, target.address);
  await once(socket, 'connect', { signal });
};
