import { Agent, type ClientRequest, request } from 'node:http';
import { setTimeout as rest } from 'node:timers/promises';
import { patienceMs } from './patience.ts';
import type { Tally } from './tally.ts';

type To = { readonly host: string; readonly port: number };

/** A browser: one connection, one request after the other. */
export const browse = async (to: To, localAddress: string, pauseMs: number, tally: Tally): Promise<never> => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (;;) {
    await ask({ ...to, localAddress, agent }, tally);
    await rest(pauseMs);
  }
};

/** Somebody new each time. */
export const visit = async (to: To, localAddress: string, tally: Tally): Promise<void> => {
  await ask({ ...to, localAddress, agent: false }, tally);
};

/** Resolves when the request has its fate; never rejects. */
const ask = (options: To & { localAddress: string; agent: Agent | false }, tally: Tally): Promise<void> =>
  new Promise((resolve) => {
    const asked = request({ ...options, path: '/', headers: options.agent === false ? { Connection: 'close' } : {} });
    let hasAnswerBegun = false;
    let isOver = false;
    const over = (note: () => void): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(patience);
      note();
      resolve();
    };
    const patience = setTimeout(() => {
      over(() => tally.lost(`no answer within ${patienceMs} ms`));
      asked.destroy();
    }, patienceMs);
    asked.on('response', (answer) => {
      hasAnswerBegun = true;
      answer.on('end', () =>
        over(() => (answer.statusCode === 200 ? tally.answered() : tally.lost(`status ${answer.statusCode}`))),
      );
      answer.on('error', () => over(() => tally.lost('answer cut short')));
      answer.resume();
    });
    asked.on('error', (failure: NodeJS.ErrnoException) =>
      over(() => (isClosing(asked, hasAnswerBegun) ? tally.sentAgain() : tally.lost(failure.code ?? failure.message))),
    );
    asked.end();
  });

/** A server may close an idle connection at any time, RFC 9112, section 9.3.1 and 9.5. */
const isClosing = (asked: ClientRequest, hasAnswerBegun: boolean): boolean => asked.reusedSocket && !hasAnswerBegun;
