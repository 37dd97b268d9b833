import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type Readable, type Writable } from 'node:stream';
import { createInterface, type Interface } from 'node:readline';
import { type LabHost } from '@evenkeel/testing/lab';
import { type Answer, type Question } from './question.ts';

/** A client on a host of the lab: one process that asks, so that a question costs no start of a program. */
export class Asker {
  private readonly answers: AsyncIterator<string, undefined>;

  private constructor(
    private readonly child: ChildProcessByStdio<Writable, Readable, null>,
    lines: Interface,
  ) {
    this.answers = lines[Symbol.asyncIterator]();
  }

  static on(host: LabHost): Asker {
    const main = fileURLToPath(new URL('./asker-main.ts', import.meta.url));
    const args = ['netns', 'exec', host.namespace, process.execPath, main];
    const child = spawn('ip', args, { stdio: ['pipe', 'pipe', 'inherit'] });
    return new Asker(child, createInterface({ input: child.stdout }));
  }

  /** The name of the server that answered, or the failure's word. */
  async ask(question: Partial<Question>): Promise<string> {
    const answer = await this.answer(question);
    return 'said' in answer ? (answer.said.split(' ')[0] ?? '') : answer.failed;
  }

  /** Ends a named flow: for TCP with the usual farewell. */
  async close(flow: string): Promise<void> {
    await this.answer({ flow, isLast: true });
  }

  async answer(question: Partial<Question>): Promise<Answer> {
    const whole = { transport: 'udp', from: '192.168.85.10', to: '192.168.85.150', port: 137, patienceMs: 1_000 };
    this.child.stdin.write(`${JSON.stringify({ ...whole, ...question })}\n`);
    const next: IteratorResult<string, undefined> = await this.answers.next();
    if (next.value === undefined) throw new Error('the asking process has ended');
    return JSON.parse(next.value) as Answer;
  }

  /** How often each server answered `times` new questions. */
  async count(times: number, question: Partial<Question>): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (let round = 0; round < times; round += 1) {
      const name = await this.ask(question);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  stop(): void {
    this.child.stdin.end();
  }
}
