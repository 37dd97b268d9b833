/** One thing that a process stands on, or that it is busy with. */
export type Part = {
  /** For a person, unique in the process: `config postgres`. */
  readonly name: string;
  /**
   * `start`: once it is well it stays well, and the process has not started before. `ready`: without it the process cannot
   * do its job. `degraded`: it goes on without it, and says so.
   */
  readonly neededTo: 'start' | 'ready' | 'degraded';
  /** What is wrong, in words without secrets; undefined when all is well. Asks nobody: it tells what is known. */
  readonly whatIsWrong: () => string | undefined;
};

export type Standing = {
  readonly hasStarted: boolean;
  readonly state: 'ready' | 'degraded' | 'not ready';
  readonly parts: readonly { readonly name: string; readonly wrong: string | undefined }[];
};

/** The parts of one process. */
export class HealthParts {
  private parts: readonly Part[] = [];

  /** Returns how to take it away again. */
  add(...parts: readonly Part[]): () => void {
    this.parts = [...this.parts, ...parts];
    return () => {
      this.parts = this.parts.filter((part) => !parts.includes(part));
    };
  }

  look(): Standing {
    const seen = this.parts.map(({ name, neededTo, whatIsWrong }) => ({ name, neededTo, wrong: whatIsWrong() }));
    const ill = seen.filter(({ wrong }) => wrong !== undefined);
    const isReady = ill.every(({ neededTo }) => neededTo === 'degraded');
    return {
      hasStarted: ill.every(({ neededTo }) => neededTo !== 'start'),
      state: !isReady ? 'not ready' : ill.length > 0 ? 'degraded' : 'ready',
      parts: seen.map(({ name, wrong }) => ({ name, wrong })),
    };
  }
}
