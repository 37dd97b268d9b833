import { AbsenceEnder, decide, DrainEnder } from '@evenkeel/cluster';
import type { Actor } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import type { Writer } from '../book/book.ts';
import { contextOf, type Surroundings } from '../book/decide-wish.ts';

/** `config` itself, in the book. */
const actor: Actor = { name: 'config', kind: 'system', authenticatedBy: 'being the keeper of the book' };

type Ground = {
  readonly writer: Writer;
  readonly surroundings: Surroundings;
  readonly knowsVerdicts: () => boolean;
  readonly onHeldUp: (words: string) => void;
  readonly clock: Clock;
};

/** Ends drains that have come to their deadline, in the book that `writer` writes. */
export const drainEnderOn = ({ writer, surroundings, ...parts }: Ground): DrainEnder =>
  new DrainEnder({
    ...parts,
    cluster: () => writer.state(),
    judge: (command) =>
      decide(writer.state(), command, contextOf(surroundings, { command, actor, reason: 'deadline' })),
    record: (command, reason) => writer.submit({ command, actor, reason }),
  });

/** Brings those online whose order said until when, in the same book. */
export const absenceEnderOn = ({ writer, clock }: Pick<Ground, 'writer' | 'clock'>): AbsenceEnder =>
  new AbsenceEnder({
    cluster: () => writer.state(),
    record: (command, reason) => writer.submit({ command, actor, reason }),
    clock,
  });
