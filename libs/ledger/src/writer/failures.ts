import type { LogName } from '@evenkeel/contracts';
import type { ChainFault } from '../verify-chain.ts';

/** The log did not answer, or could not store, for longer than a caller should wait. */
export class LogUnavailable extends Error {
  override readonly name = 'LogUnavailable';

  constructor(
    readonly log: LogName,
    readonly forMs: number,
    /** True: the wish may be in the log, or still get there. Asking again with the same idempotency key tells. */
    readonly mayBeRecorded: boolean,
    cause: unknown,
  ) {
    const fate = mayBeRecorded ? 'the wish may have been recorded' : 'nothing was recorded';
    super(`${log} has been out of reach for ${Math.round(forMs)} ms; ${fate}`, { cause });
  }
}

/** More wishes wait than the writer takes. Nothing was recorded. */
export class WriterFull extends Error {
  override readonly name = 'WriterFull';

  constructor(
    readonly log: LogName,
    readonly waiting: number,
  ) {
    super(`${waiting} wishes are waiting for ${log}; nothing was recorded`);
  }
}

/** Other writers were faster, time after time. */
export class LogContended extends Error {
  override readonly name = 'LogContended';

  constructor(
    readonly log: LogName,
    readonly attempts: number,
  ) {
    super(`other writers were faster on ${log}, ${attempts} times in a row; nothing was recorded`);
  }
}

/** What stands in the log cannot follow what we have read of it: it was changed, or replaced by an older copy. */
export class BrokenLog extends Error {
  override readonly name = 'BrokenLog';

  constructor(
    readonly log: LogName,
    readonly fault: ChainFault,
  ) {
    super(`${log} is broken at revision ${fault.revision}: ${fault.kind}, says ${fault.said}, right is ${fault.right}`);
  }
}
