import { isAlive } from './is-alive.ts';

/** A process that is not our child says nothing when it ends, so it is looked at this often. */
const lookMs = 200;

/** Tells once when the process that it watches has ended. */
export class Watchdog {
  private pid: number | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly onEnd: () => void) {}

  /** Watches this one, and no other any more. */
  watch(pid: number): void {
    this.rest();
    this.pid = pid;
    this.timer = setInterval(() => void this.look(pid), lookMs).unref();
  }

  /** Somebody noticed that this one ended; of no interest unless it is watched. */
  ended(pid: number): void {
    if (pid !== this.pid) return;
    this.rest();
    this.onEnd();
  }

  /** Watches nobody. */
  rest(): void {
    clearInterval(this.timer);
    this.pid = undefined;
  }

  private async look(pid: number): Promise<void> {
    if (!(await isAlive(pid))) this.ended(pid);
  }
}
