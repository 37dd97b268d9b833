import { HaproxyUnreachable } from '@evenkeel/data-plane';
import { type HaproxyFolder } from './haproxy-folder.ts';
import { whyNotListen } from './listening.ts';
import { type Master } from './master.ts';
import { type Processes } from './read-processes.ts';
import { RuntimeApi } from './runtime-api.ts';
import { retypedTables, sharingIn, teachesTables, type UntaughtTables } from './table-handover.ts';
import { unproven } from './unproven.ts';
import { type WarmCheck } from './warm-check.ts';

export type PreflightParts = {
  readonly folder: HaproxyFolder;
  readonly checker: WarmCheck;
  readonly master: Master;
};

/** The HAProxy that is to be reloaded. */
export type Running = { readonly masterPid: number; readonly workerSocket: string | undefined };

export type Preflight = {
  /** Why the configuration must not be tried. */
  readonly words: string | undefined;
  /** What the master said before a reload; undefined before a start. */
  readonly processes: Processes | undefined;
  /** What the old worker does not hand over by itself. */
  readonly untaughtTables: UntaughtTables;
};

/**
 * Everything that must be known before a configuration is tried, asked side by side: then only the reload is waited for.
 * Throws `HaproxyUnreachable`.
 */
export const preflight = async (
  { folder, checker, master }: PreflightParts,
  configuration: string,
  running: Running | undefined,
): Promise<Preflight> => {
  if (running === undefined) {
    return { words: await checker.check(configuration), processes: undefined, untaughtTables: [] };
  }
  const current = (await folder.current()) ?? '';
  const [refusal, obstacle, processes, teaches] = await Promise.all([
    checkChanges(checker, configuration, current),
    whyNotListen(configuration, current, running.masterPid),
    master.settledProcesses(),
    running.workerSocket === undefined || teachesTables(new RuntimeApi(running.workerSocket)),
  ]);
  if (processes === undefined) throw new HaproxyUnreachable('show proc');
  const isSharedAsBefore = sharingIn(configuration) === sharingIn(current);
  const untaughtTables = teaches && isSharedAsBefore ? retypedTables(current, configuration) : 'all';
  return { words: refusal ?? obstacle, processes, untaughtTables };
};

/** The whole is checked for the words only: where a part is refused, they name lines of the whole. */
const checkChanges = async (
  checker: WarmCheck,
  configuration: string,
  current: string,
): Promise<string | undefined> => {
  const words = await checker.check(`${unproven(configuration, current)}\n`);
  return words === undefined ? undefined : checker.check(configuration);
};
