import { randomUUID } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import type { WriteAnswer } from '@evenkeel/contracts';
import { type JsonClient, NotDone } from '../support/json-client.ts';

/** A change as the API is asked for it; the reason goes into its commit. */
export type Change = { readonly method: string; readonly path: string; readonly body: object };

/** A wish that the API has acknowledged: from then on it must be in the book, with these words, at this place. */
export type Acknowledged = { readonly revision: number; readonly reason: string };

/** What came of asking, until somebody said yes or no. */
export type Outcome = { readonly acknowledged?: Acknowledged; readonly refusal?: string; readonly tries: number };

const againMs = 250;

/**
 * Asks until there is an answer, as a careful script does: a wish whose fate is unknown is asked again with the same
 * Idempotency-Key, and must not become two commits. Gives up when `isStillAsking` says so.
 */
export const wish = async (
  api: JsonClient,
  { method, path, body }: Change,
  reason: string,
  isStillAsking: () => boolean = () => true,
): Promise<Outcome> => {
  const headers = { 'Idempotency-Key': randomUUID() };
  for (let tries = 1; ; tries += 1) {
    try {
      const { revision } = await api.call<WriteAnswer>(method, path, { ...body, reason }, headers);
      return { acknowledged: { revision, reason }, tries };
    } catch (failure) {
      if (failure instanceof NotDone && failure.status < 500) return { refusal: failure.message, tries };
      if (!isStillAsking()) return { tries };
      await rest(againMs);
    }
  }
};

export type Written = {
  readonly acknowledged: readonly Acknowledged[];
  readonly refusals: readonly string[];
  /** Tries that ended without a yes or a no: nobody there, or a 503. */
  readonly unanswered: number;
};

const pauseMs = 150;

/** Changes one thing after the other, whatever happens meanwhile, and remembers what was acknowledged. */
export class Scribe {
  private acknowledged: Acknowledged[] = [];
  private refusals: string[] = [];
  private unanswered = 0;
  private isWriting = true;
  private last = 0;
  private readonly writing: Promise<void>;

  constructor(
    private readonly api: JsonClient,
    private readonly change: (turn: number) => Change,
  ) {
    this.writing = this.write();
  }

  /** The newest acknowledged one; 0 before the first. */
  get lastRevision(): number {
    return this.last;
  }

  /** What came since the last time. */
  take(): Written {
    const { acknowledged, refusals, unanswered } = this;
    [this.acknowledged, this.refusals, this.unanswered] = [[], [], 0];
    return { acknowledged, refusals, unanswered };
  }

  async stop(): Promise<void> {
    this.isWriting = false;
    await this.writing;
  }

  private async write(): Promise<void> {
    for (let turn = 0; this.isWriting; turn += 1) {
      const { acknowledged, refusal, tries } = await wish(
        this.api,
        this.change(turn),
        `fault suite, wish ${turn}`,
        () => this.isWriting,
      );
      this.unanswered += tries - 1;
      if (acknowledged !== undefined) this.note(acknowledged);
      if (refusal !== undefined) this.refusals.push(refusal);
      await rest(pauseMs);
    }
  }

  private note(acknowledged: Acknowledged): void {
    this.acknowledged.push(acknowledged);
    this.last = acknowledged.revision;
  }
}
