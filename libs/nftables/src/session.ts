import { type ChildProcessWithoutNullStreams } from 'node:child_process';
import { patienceMs, ProgramFailed, type Programs } from './programs.ts';

/**
 * nft says nothing when a command succeeds. So each command is followed by a question that nft answers by itself, without
 * the kernel: once the answer is there, the command is over, and whatever came before it belongs to the command.
 */
const question = 'describe ct mark';
const answer = /(?:^|\n)ct expression, datatype mark [^\n]*\n$/;
const answerMaxLength = 200;

/**
 * One nft process that takes one command after the other. Measured on nft 1.0.6 and Linux 6.18: a transaction takes 1 ms,
 * and 20 ms in a process of its own, three quarters of it spent in closing its socket.
 */
export class NftSession {
  private child: ChildProcessWithoutNullStreams | undefined;
  private last: Promise<unknown> = Promise.resolve();

  /** Elements of sets are left out of listings unless they are asked for. */
  constructor(
    private readonly programs: Programs,
    private readonly listings: 'terse' | 'with elements' = 'terse',
  ) {}

  /** One line in, everything nft says to it out; nothing is good news. Throws `ProgramFailed`. */
  ask(command: string): Promise<string> {
    const reply = this.last.then(() => this.askNow(command));
    this.last = reply.catch(() => undefined);
    return reply;
  }

  /** Ends the process; the next command starts another. */
  close(): void {
    this.child?.stdin.end();
    this.child = undefined;
  }

  private askNow(command: string): Promise<string> {
    const child = (this.child ??= this.open());
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const chunks: string[] = [];
    let tail = '';
    const listen = (chunk: string): void => {
      chunks.push(chunk);
      tail = (tail + chunk).slice(-answerMaxLength);
      const end = answer.exec(tail);
      if (end !== null) resolve(chunks.join('').slice(0, -end[0].length).trim());
    };
    const fail = (words: string): void => {
      this.forget(child);
      child.kill('SIGKILL');
      reject(new ProgramFailed('nft', [words, ...chunks].join(' ').trim()));
    };
    const failed = (cause: Error): void => fail(cause.message);
    const ended = (): void => fail('ended without an answer');
    const timer = setTimeout(() => fail(`no answer within ${patienceMs} ms`), patienceMs);
    child.stdout.on('data', listen);
    child.once('error', failed).once('close', ended);
    child.stdin.write(`${command}\n${question}\n`);
    return promise.finally(() => {
      clearTimeout(timer);
      child.stdout.off('data', listen);
      child.off('error', failed).off('close', ended);
    });
  }

  /** nft's two streams in one, so that an error always comes before the answer that ends it. */
  private open(): ChildProcessWithoutNullStreams {
    const flags = this.listings === 'terse' ? '-j -t -i' : '-j -i';
    const child = this.programs.start('sh', ['-c', `exec nft ${flags} 2>&1`]);
    child.stdout.setEncoding('utf8');
    child.stdin.on('error', () => undefined); // a broken pipe is told by `close`
    const gone = (): void => this.forget(child);
    child.on('error', gone).on('close', gone);
    return child;
  }

  private forget(child: ChildProcessWithoutNullStreams): void {
    if (this.child === child) this.child = undefined;
  }
}
