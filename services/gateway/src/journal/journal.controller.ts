import { Journal } from '@evenkeel/bus';
import { type JournalEntry, JournalPage, JournalQuery } from '@evenkeel/contracts';
import { Controller, Get, Query } from '@nestjs/common';
import { cursorAt, positionIn } from '../book/pages.ts';
import { Answers, Group } from '../openapi/answers.ts';
import { journalAway } from '../problems/journal-away.ts';

@Group('Journal')
@Controller('journal')
export class JournalController {
  constructor(private readonly journal: Journal) {}

  @Get()
  @Answers(
    200,
    JournalPage,
    'What happened in operation, newest first: verdicts that changed, refusals, reloads, restarts, repairs of drift',
  )
  async find(@Query({ schema: JournalQuery }) { limit, cursor, ...filter }: JournalQuery): Promise<JournalPage> {
    const before = cursor === undefined ? undefined : positionIn(cursor);
    const { entries, next } = await this.journal.find(passes(filter), limit, before).catch(journalAway);
    return { items: [...entries], ...(next === undefined ? {} : { next: cursorAt(next) }) };
  }
}

type Filter = Omit<JournalQuery, 'limit' | 'cursor'>;

/** Times are UTC in one form, so they compare as text. */
const passes =
  ({ kind, node, entity, machine, from, to }: Filter) =>
  (entry: JournalEntry): boolean =>
    (kind === undefined || entry.kind === kind) &&
    (node === undefined || entry.node === node) &&
    (entity === undefined || entry.entities.includes(entity)) &&
    (machine === undefined || ('machine' in entry && entry.machine === machine)) &&
    (from === undefined || entry.time >= from) &&
    (to === undefined || entry.time <= to);
