import { type Clock, type Rest } from '@evenkeel/kernel';
import { type Child, type ChildExit } from './child.ts';

/** A server that is started again whenever it ends before `stop`. */
export type Supervised<Server extends Child> = {
  /** The latest run. It may have just ended: the next one then has the same port and data, and another pid. */
  current(): Server;
  /** Ends the supervision, then the server. Safe to repeat. */
  stop(): Promise<void>;
};

/** What happened to a supervised server, for log, metric and health. */
export type SupervisionNews<Server extends Child> =
  | { readonly kind: 'exited'; readonly exit: ChildExit; readonly restartInMs: number }
  | { readonly kind: 'restart-failed'; readonly failure: unknown; readonly restartInMs: number }
  | { readonly kind: 'restarted'; readonly server: Server };

const restartMinMs = 100;
const restartMaxMs = 10_000;
/** A server that ran this long was healthy: its next crash is a new story, and is answered at once. */
const healthyAfterMs = 60_000;

/**
 * Starts a server and keeps it running: `start` is called again after each end, first after 100 ms, then with
 * doubled delay up to 10 s. `start` must come back on the same port with the same data.
 * Rejects when the very first start does: a box that never worked must say why at once, not retry in silence.
 */
export const superviseChild = async <Server extends Child>(
  start: () => Promise<Server>,
  tell: (news: SupervisionNews<Server>) => void,
  clock: Clock,
): Promise<Supervised<Server>> => {
  let server = await start();
  let startedMs = clock.monotonicMs();
  let delayMs = restartMinMs;
  let hasStopped = false;
  let pause: Rest | undefined;

  const rest = async (): Promise<void> => {
    pause = clock.rest(delayMs);
    delayMs = Math.min(delayMs * 2, restartMaxMs);
    await pause.over;
  };
  const revive = async (): Promise<void> => {
    await rest();
    while (!hasStopped) {
      try {
        server = await start();
        startedMs = clock.monotonicMs();
        return tell({ kind: 'restarted', server });
      } catch (failure) {
        tell({ kind: 'restart-failed', failure, restartInMs: delayMs });
        await rest();
      }
    }
  };
  const watch = async (): Promise<void> => {
    while (!hasStopped) {
      const exit = await server.exited;
      if (hasStopped) return;
      if (clock.monotonicMs() - startedMs >= healthyAfterMs) delayMs = restartMinMs;
      tell({ kind: 'exited', exit, restartInMs: delayMs });
      await revive();
    }
  };

  const watching = watch();
  return {
    current: () => server,
    stop: async () => {
      hasStopped = true;
      pause?.wake();
      await server.stop();
      await watching;
      await server.stop(); // a restart that was under way
    },
  };
};
