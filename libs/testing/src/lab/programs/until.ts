import { setTimeout as rest } from 'node:timers/promises';
import { type LabProcess } from './lab-process.ts';

/** Something awaited did not come in time. */
export class NotInTime extends Error {
  override readonly name = 'NotInTime';
}

export type UntilOptions = {
  /** Milliseconds before giving up; 5,000 unless told. A question under way is not cut short. */
  readonly withinMs?: number;
  /** Gives up at once, with its last words, when this process ends. */
  readonly process?: LabProcess;
};

/** Milliseconds between two questions: most of them start a program, and must leave the machine some air. */
const pauseMs = 40;

/** Asks again and again until `isSo` holds. Throws `NotInTime`, saying what was awaited; throws what `isSo` throws. */
export const until = async (what: string, isSo: () => Promise<boolean>, options: UntilOptions = {}): Promise<void> => {
  const { withinMs = 5_000, process } = options;
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    const why = process?.hasExited === true ? 'the process has ended' : `not within ${withinMs} ms`;
    if (process?.hasExited === true || performance.now() > deadline) {
      throw new NotInTime(`${what}: ${why}\n${process?.lastWords ?? ''}`.trimEnd());
    }
    await rest(pauseMs);
  }
};
