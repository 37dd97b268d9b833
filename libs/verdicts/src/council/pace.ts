/** How often a checker says that it is there. */
export const sayMs = 500;
/** Who has not heard himself for so long is deaf. Well below `goneMs`: one who is cut off must know it before he misses others. */
export const deafMs = 1_500;
/** Who was not heard for so long is gone: others take over what he asked. */
export const goneMs = 3_000;
/**
 * For so long the last votes of one who is gone count on. Without them the only other checker, which may be the one that is
 * wrong, would have the word the moment he left.
 */
export const mournMs = 10_000;
/** A checker that has just come listens for so long before it says anything of a target. */
export const listenMs = 1_500;
/** Everything is told once more at most this often, however many ask. */
export const tellAllMs = 1_000;
