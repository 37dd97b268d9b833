import { connect } from 'node:net';
import { HaproxyUnreachable } from '@evenkeel/data-plane';

/** HAProxy answers at once or not at all; its largest answers take a fraction of this. */
const patienceMs = 5_000;

/**
 * One line to a socket of HAProxy, its whole answer back, on a connection of its own. Throws `HaproxyUnreachable`.
 * Our half is closed after the line: the master's socket would keep the connection open otherwise (tried on 2.6.12).
 */
export const request = (socketPath: string, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(socketPath).setEncoding('utf8');
    const fail = (cause: unknown): void => {
      socket.destroy();
      reject(new HaproxyUnreachable(shortened(line), { cause }));
    };
    socket.setTimeout(patienceMs, () => fail(new Error(`no answer within ${patienceMs} ms`)));
    socket.once('error', fail);
    socket.once('connect', () => socket.end(`${line}\n`));
    socket.on('data', (part: string) => (answer += part));
    socket.once('end', () => resolve(answer));
  });

/** A batch can be thousands of characters; the first ones tell what it was. */
const shortened = (line: string): string => (line.length > 200 ? `${line.slice(0, 200)} …` : line);
