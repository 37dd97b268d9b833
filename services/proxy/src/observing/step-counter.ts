import type { Step } from '@evenkeel/data-plane';
import { counter } from '@evenkeel/telemetry';

/** `refused`: the engine said no to one of several that went together. `failed`: nobody knows how far they came. */
export type StepResult = 'done' | 'refused' | 'failed';
export type StepKind = Step['kind'] | 'nft-transaction' | 'end-connections';

/** Counts steps of both engines. */
export const stepCounter = (): ((step: { readonly kind: StepKind; readonly result: StepResult }) => void) =>
  counter('steps');
