import { HaproxyUnreachable } from '@evenkeel/data-plane';
import { isAnsweredShortly } from './commands.ts';
import { request } from './socket-request.ts';
import { splitAnswers } from './split-answers.ts';

/**
 * HAProxy reads a line into one buffer (`tune.bufsize`, 16,384 by default) and drops a longer one; 14,779 characters
 * worked on 2.6.12. Half of it leaves room for smaller buffers.
 */
const lineMax = 8_000;

/** The Runtime API of one worker. Source: HAProxy management guide 2.6, section 9.3, "Unix Socket commands". */
export class RuntimeApi {
  constructor(private readonly socketPath: string) {}

  /**
   * Several commands, one answer each, in their order; without the empty line that ends an answer. What fits into a line
   * takes one round trip. A refused command does not keep the next from running. Throws `HaproxyUnreachable`.
   */
  async ask(commands: readonly string[]): Promise<readonly string[]> {
    const answers: string[] = [];
    for (const batch of batches(commands)) {
      const text = await request(this.socketPath, batch.join(';'));
      const parts = isAlone(batch) ? [text.trimEnd()] : splitAnswers(text, batch.length);
      if (parts === undefined) throw new HaproxyUnreachable(batch.join(';'), { cause: new Error('answer cut short') });
      answers.push(...parts);
    }
    return answers;
  }
}

/** Nobody could tell where such an answer ends among others. */
const isAlone = ([command = '']: readonly string[]): boolean => isAnsweredShortly(command);

const batches = (commands: readonly string[]): readonly (readonly string[])[] => {
  const lines: string[][] = [];
  let room = 0;
  for (const command of commands) {
    const isFull = command.length + 1 > room || isAnsweredShortly(command);
    if (isFull) lines.push([]);
    room = (isFull ? lineMax : room) - command.length - 1;
    lines.at(-1)?.push(command);
    if (isAnsweredShortly(command)) room = 0;
  }
  return lines;
};
