/** Runs one task at a time, in the order in which they came. A task that fails does not stop the next. */
export class Serial {
  private last: Promise<unknown> = Promise.resolve();

  run<Answer>(task: () => Promise<Answer>): Promise<Answer> {
    const answer = this.last.then(task, task);
    this.last = answer.catch(() => undefined);
    return answer;
  }
}
