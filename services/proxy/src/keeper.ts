import type { Clock } from '@evenkeel/kernel';
import type { LastWord } from '@evenkeel/verdicts';
import type { Members } from '@evenkeel/data-plane';
import type { RealServerId, RulingVerdicts } from '@evenkeel/contracts';
import type { LastGood } from './last-good.ts';
import { type Served, toLastServed } from './worker.ts';

export type KeeperParts = {
  /** The same object until it changes. */
  readonly served: () => Served | undefined;
  readonly word: (id: RealServerId) => LastWord | undefined;
  readonly ruling: () => RulingVerdicts;
  readonly members: () => Members;
  readonly lastGood: LastGood;
  readonly clock: Pick<Clock, 'monotonicMs'>;
};

/** After a write, rest for so many times what it took: a large cluster takes long to write, and traffic's news must wait. */
const restsPerWrite = 20;
const restMaxMs = 30_000;

/** Writes what was served to disk whenever that has changed. */
export class Keeper {
  private notBeforeMs = -Infinity;
  private kept: { readonly served: Served; readonly beside: string } | undefined;

  constructor(private readonly parts: KeeperParts) {}

  /** Safe to repeat. Throws what the file system throws; call again then. */
  async keep(): Promise<void> {
    const startMs = this.parts.clock.monotonicMs();
    if (startMs < this.notBeforeMs) return;
    const served = this.parts.served();
    if (served === undefined) return;
    const known = {
      reasons: this.reasonsOf(served),
      wereSilent: this.parts.ruling().by === 'own-checks',
      members: [...this.parts.members().values()],
    };
    const beside = JSON.stringify(known);
    if (served === this.kept?.served && beside === this.kept.beside) return;
    await this.parts.lastGood.write({ ...toLastServed(served), ...known });
    this.kept = { served, beside };
    const endMs = this.parts.clock.monotonicMs();
    this.notBeforeMs = endMs + Math.min(restsPerWrite * (endMs - startMs), restMaxMs);
  }

  private reasonsOf({ verdicts }: Served) {
    return [...verdicts].flatMap(([id, state]) => {
      const word = state === 'down' ? this.parts.word(id) : undefined;
      return word?.state === 'down' && word.reason !== undefined ? [[id, word.reason] as const] : [];
    });
  }
}
