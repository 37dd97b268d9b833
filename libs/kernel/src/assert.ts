/** A bug of ours, never bad input: crash, restart, and a developer looks. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** Throws `Bug` when `condition` does not hold. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Bug(message);
}
