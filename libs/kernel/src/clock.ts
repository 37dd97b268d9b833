/** A rest under way: `over` resolves at its end, `wake` ends it at once. Neither ever fails. */
export type Rest = { readonly over: Promise<void>; wake(): void };

/**
 * Time as a port, so that a simulation can drive every loop.
 * An abstract class, because Nest can inject it by type.
 */
export abstract class Clock {
  /** Wall-clock time in milliseconds since 1970, for the record. It may jump. */
  abstract nowMs(): number;
  /** Milliseconds that never go backwards, for measuring and for deadlines. */
  abstract monotonicMs(): number;
  /** A rest of `ms` milliseconds that can be cut short. */
  abstract rest(ms: number): Rest;
}
