import { type ApplyMethod } from '@evenkeel/contracts';

/** Of several methods the one that a client may notice most. */
export const strongest = (methods: readonly ApplyMethod[]): ApplyMethod =>
  (['start', 'reload', 'runtime'] as const).find((method) => methods.includes(method)) ?? 'none';
