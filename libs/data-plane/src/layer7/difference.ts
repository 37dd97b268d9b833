import { type Step } from './step.ts';

/** What stands between what should run and what runs. */
export type Difference = {
  readonly steps: readonly Step[];
  /** What can be seen to differ, in words. */
  readonly open: readonly string[];
  /** What no step can close: reasons for a reload, in words. */
  readonly misfits: readonly string[];
};

export const join = (parts: readonly Difference[]): Difference => ({
  steps: parts.flatMap(({ steps }) => steps),
  open: parts.flatMap(({ open }) => open),
  misfits: parts.flatMap(({ misfits }) => misfits),
});

/** What only a reload can close. */
export const misfit = (words: string): Difference => ({ steps: [], open: [words], misfits: [words] });
