import { basename } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { type ChildOrder, type StartedChild } from './child.ts';

/** A server that did not come up, with the command line and its own words. */
export class ChildFailed extends Error {
  override readonly name = 'ChildFailed';

  constructor({ program, args, logFile }: ChildOrder, why: string, said: string, cause?: unknown) {
    const command = [program, ...args].join(' ');
    super(
      `${basename(program)} did not start: ${why}\nasked: ${command}\nanswered: ${said || '(nothing)'}\nlog: ${logFile}`,
      {
        cause,
      },
    );
  }
}

// Long enough for crash recovery of a large log; a start that hangs must still end some day.
const readyWithinMs = 120_000;
const lookEveryMs = 10;

/**
 * Resolves when `isReady` does; a rejection of `isReady` means not yet.
 * Throws `ChildFailed`, and leaves no process behind, when the child ends or the time is over before that.
 */
export const awaitReady = async (
  child: StartedChild,
  order: ChildOrder,
  isReady: () => Promise<boolean>,
): Promise<void> => {
  let ending: string | undefined;
  void child.exited.then(({ code, signal }) => (ending = `it ended with ${signal ?? `status ${code}`}`));
  const deadline = performance.now() + readyWithinMs;
  let lastFailure: unknown;
  while (ending === undefined && performance.now() < deadline) {
    try {
      if (await isReady()) return;
    } catch (failure) {
      lastFailure = failure;
    }
    await rest(lookEveryMs);
  }
  const why = ending ?? `it was not ready within ${readyWithinMs / 1_000} s`;
  await child.stop();
  throw new ChildFailed(order, why, await child.said(), lastFailure);
};
