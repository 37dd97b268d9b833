import { type HaproxyFiles } from '@evenkeel/data-plane';

/** One write for all changes of so long a time: nobody waits for it. */
const delayMs = 1_000;

/** Writes the newest files some time after they changed. They are rendered only then. */
export class LateWriter {
  private newest: (() => HaproxyFiles) | undefined;
  private timer: NodeJS.Timeout | undefined;

  /** `write` is called by nobody else meanwhile if it waits for its turn. */
  constructor(private readonly write: (files: HaproxyFiles) => Promise<void>) {}

  later(files: () => HaproxyFiles): void {
    this.newest = files;
    // A write that fails is made up for by the next change, or by `now`.
    this.timer ??= setTimeout(() => void this.now().catch(() => undefined), delayMs).unref();
  }

  /** Writes what is still to be written. */
  async now(): Promise<void> {
    const { newest } = this;
    this.forget();
    if (newest !== undefined) await this.write(newest());
  }

  /** Newer files are on the disk already. */
  forget(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.newest = undefined;
  }
}
