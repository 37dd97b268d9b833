import { associateRequest, commandData, type Ear, earOn, echoRequest, echoStatusIn } from '@evenkeel/probes/protocols';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as rest } from 'node:timers/promises';
import { patienceMs } from './patience.ts';
import type { Tally } from './tally.ts';

type To = { readonly host: string; readonly port: number };
type Tallies = { readonly echoes: Tally; readonly associations: Tally };

/** Between two tries to open an association. */
const againMs = 200;

/**
 * A modality: one association for as long as it lasts, one C-ECHO after the other on it. An association that breaks, or
 * does not come about, is a lost one, and a new one is tried.
 */
export const modality = async (to: To, localAddress: string, pauseMs: number, tallies: Tallies): Promise<never> => {
  for (;;) {
    const socket = connect({ ...to, localAddress }).on('error', () => undefined); // its end is what counts
    try {
      const hear = await associate(socket);
      tallies.associations.answered();
      for (;;) {
        await echo(socket, hear).catch((failure: unknown) => {
          tallies.echoes.lost(wordsOf(failure));
          throw failure;
        });
        tallies.echoes.answered();
        await rest(pauseMs);
      }
    } catch (failure) {
      tallies.associations.lost(wordsOf(failure));
      socket.destroy();
      await rest(againMs);
    }
  }
};

const associate = async (socket: Socket): Promise<Ear> => {
  await once(socket, 'connect', { signal: AbortSignal.timeout(patienceMs) });
  const hear = earOn(socket);
  socket.write(associateRequest('MODALITY', 'INFINITT'));
  const answer = await inTime(hear(), 'the association request');
  if (answer.kind !== 'accepted') throw new Error(`association ${answer.kind}`);
  return hear;
};

const echo = async (socket: Socket, hear: Ear): Promise<void> => {
  socket.write(commandData(echoRequest()));
  const answer = await inTime(hear(), 'C-ECHO');
  if (answer.kind !== 'data') throw new Error(`association ${answer.kind}`);
  const status = echoStatusIn(Buffer.concat(answer.fragments.map(({ bytes }) => bytes)));
  if (status !== 0) throw new Error(`C-ECHO status ${status}`);
};

const inTime = async <Value>(coming: Promise<Value>, what: string): Promise<Value> => {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer to ${what} within ${patienceMs} ms`)), patienceMs);
  try {
    return await Promise.race([coming, late]);
  } finally {
    clearTimeout(timer);
  }
};

const wordsOf = (failure: unknown): string => (failure instanceof Error ? failure.message : String(failure));
