import type { CommitId, SealedCommit } from '@evenkeel/contracts';
import type { Plan, Submission } from './plan.ts';
import type { Answer } from './wish.ts';

/**
 * Wishes that were sent to a log which did not answer. They are stored, will be a little later, or never: the ids of their
 * commits tell, once they are seen in the log.
 */
export class InDoubt<State, Command, Refusal, Extra> {
  private readonly plans = new Map<CommitId, Plan<State, Command, Refusal, Extra>>();
  private readonly answered = new WeakSet<Submission<Command, Refusal, Extra>>();

  add(plan: Plan<State, Command, Refusal, Extra>): void {
    this.plans.set(plan.submission.commitId, plan);
  }

  /** Answers the callers of those that have turned up. */
  find(sealed: readonly SealedCommit[]): void {
    for (const { commit } of this.plans.size === 0 ? [] : sealed) {
      const plan = this.plans.get(commit.commitId);
      if (plan !== undefined) this.answer(plan.submission, plan.answer);
    }
  }

  /** The answer was found in the log; the wish needs no further attempt. */
  answer(submission: Submission<Command, Refusal, Extra>, answer: Answer<Refusal, Extra>): void {
    this.remove(submission);
    this.answered.add(submission);
    submission.caller.resolve(answer);
  }

  isAnswered(submission: Submission<Command, Refusal, Extra>): boolean {
    return this.answered.has(submission);
  }

  /** Whether it was in doubt. */
  remove({ commitId }: Submission<Command, Refusal, Extra>): boolean {
    return this.plans.size > 0 && this.plans.delete(commitId); // hardly ever is anything in doubt
  }
}
