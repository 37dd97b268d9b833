import type { Identity } from './identity.ts';
import type { Listen } from './transcript.ts';

/** How one question is asked. */
export type Asking = {
  /** Its time is over. */
  readonly signal: AbortSignal;
  /** What time it is asked, in milliseconds since 1970. */
  readonly nowMs: number;
  readonly listen?: Listen | undefined;
  /** Who asks, of a check that signs in. */
  readonly identity?: Identity | undefined;
  /** The folder of the programs that may be run; undefined: none. */
  readonly programs?: string | undefined;
};
