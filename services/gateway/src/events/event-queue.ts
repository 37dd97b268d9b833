/** What a slow reader may be behind. */
const [framesMax, lengthMax] = [1_000, 2 ** 20];

/** What is on its way to one reader. One that is too slow loses all of it, and is told so, and nothing grows without end. */
export class EventQueue {
  private frames: string[] = [];
  private length = 0;
  private hasLost = false;

  /** `lost` makes what a reader is told who has lost something. */
  constructor(private readonly lost: () => string) {}

  push(frame: string): void {
    this.frames.push(frame);
    this.length += frame.length;
    if (this.frames.length > framesMax || this.length > lengthMax) this.loseAll();
  }

  /** Whatever waits is void; what comes after it is not. */
  loseAll(): void {
    this.frames = [];
    this.length = 0;
    this.hasLost = true;
  }

  get isEmpty(): boolean {
    return this.frames.length === 0 && !this.hasLost;
  }

  /** Everything that waits, as one text; undefined when nothing does. */
  takeAll(): string | undefined {
    const told = this.hasLost ? [this.lost(), ...this.frames] : this.frames;
    if (told.length === 0) return undefined;
    this.frames = [];
    this.length = 0;
    this.hasLost = false;
    return told.join('');
  }
}
