import { until } from '@evenkeel/testing/lab';
import { signalAll } from '../../support/process-tree.ts';
import type { Stack } from './stack.ts';

/** `kill -9`; resolves when the worker has started it again. */
export const killHaproxy = async (stack: Stack, which: 'master' | 'worker'): Promise<void> => {
  const before = await stack.haproxy();
  signalAll(which === 'worker' ? before.workers : [before.master ?? []].flat(), 'SIGKILL');
  const isBack = async (): Promise<boolean> => {
    const { master, workers } = await stack.haproxy();
    return master !== undefined && workers.some((pid) => !before.workers.includes(pid));
  };
  await until('HAProxy runs again', isBack, { withinMs: 30_000 });
};
