import type { HaAnswer, HaQuestion } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';

/** Longer than an agent takes to make a node active, or to see that it cannot. */
const answerMs = 4_500;

/** Questions that were handed to the agent, until it answers or is gone. */
export class OpenQuestions {
  private readonly open = new Map<number, (answer: HaAnswer | undefined) => void>();
  private last = 0;

  constructor(
    private readonly handOver: (id: number, question: HaQuestion) => void,
    private readonly clock: Clock,
  ) {}

  /** Undefined: the agent did not answer, so nobody knows whether it was done. */
  async ask(question: HaQuestion): Promise<HaAnswer | undefined> {
    const id = (this.last += 1);
    const { promise, resolve } = Promise.withResolvers<HaAnswer | undefined>();
    this.open.set(id, resolve);
    const rest = this.clock.rest(answerMs);
    void rest.over.then(() => resolve(undefined));
    this.handOver(id, question);
    const answer = await promise;
    rest.wake();
    this.open.delete(id);
    return answer;
  }

  answered(id: number, answer: HaAnswer): void {
    this.open.get(id)?.(answer);
  }

  /** Nobody is there any more who could. */
  giveUp(): void {
    for (const resolve of this.open.values()) resolve(undefined);
  }
}
