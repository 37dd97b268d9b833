/** Runs tasks one after the other when they have the same key, else side by side. */
export class OnePerKey {
  private readonly underWay = new Map<string, Promise<unknown>>();

  /** What `task` gives or throws, once those before it with the same key have ended, well or badly. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    for (let before = this.underWay.get(key); before !== undefined; before = this.underWay.get(key)) {
      await Promise.allSettled([before]);
    }
    const running = task();
    this.underWay.set(key, running);
    try {
      return await running;
    } finally {
      this.underWay.delete(key);
    }
  }
}
