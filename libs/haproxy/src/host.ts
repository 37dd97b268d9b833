import { type HaproxyFiles } from '@evenkeel/data-plane';

/** Where a HAProxy lives, and how its configuration is replaced: a process of ours, or a stand-in in a benchmark. */
export interface HaproxyHost {
  /** Grows whenever another worker may be serving than before. */
  readonly incarnation: number;
  /** Path of the serving worker's socket; undefined while none runs. */
  readonly workerSocket: string | undefined;
  /** See `Haproxy.replace`; without the look. */
  replace(files: HaproxyFiles): Promise<Replaced>;
  /** See `Haproxy.keep`. */
  keep(files: () => HaproxyFiles): void;
  /** Asks every worker of an earlier configuration that still finishes connections. */
  askOldWorkers(command: string): Promise<readonly OldWorkerAnswer[]>;
  /** Asks one of them. */
  askOldWorker(pid: number, command: string): Promise<string>;
}

export type Replaced =
  | { readonly kind: 'replaced'; readonly method: 'start' | 'reload' }
  | { readonly kind: 'refused'; readonly words: string };

export type OldWorkerAnswer = { readonly pid: number; readonly answer: string };
