import { type Hash, type LogName, noHash, noRevision, type Revision } from '@evenkeel/contracts';

/** Where a log ends: what the next commit continues. */
export type Tail = { readonly log: LogName; readonly revision: Revision; readonly hash: Hash };

/** The end of a log before its first commit. */
export const emptyTail = (log: LogName): Tail => ({ log, revision: noRevision, hash: noHash });
