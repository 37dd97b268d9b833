import { Journal } from '@evenkeel/bus';
import { matrixRows } from '@evenkeel/cluster';
import {
  type HealthCell,
  HealthHistory,
  HealthHistoryQuery,
  RealServerId,
  type VerdictEntry,
  verdictsInJournal,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import * as z from 'zod';
import { ClusterView } from '../book/cluster-view.ts';
import { cursorAt, positionIn } from '../book/pages.ts';
import { theRealServer, virtualServiceIn } from '../book/resources.ts';
import { Answers, Group } from '../openapi/answers.ts';
import { journalAway } from '../problems/journal-away.ts';
import { type GatewaySettings, SETTINGS } from '../settings.ts';

const Path = z.strictObject({ id: RealServerId });
type Path = z.infer<typeof Path>;

@Group('Health')
@Controller('health/real-servers')
export class HistoryController {
  constructor(
    private readonly view: ClusterView,
    private readonly journal: Journal,
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  @Get(':id')
  @Answers(200, HealthHistory, 'One real server: its newest results, and how its verdict has changed, newest first')
  async get(
    @Param({ schema: Path }) { id }: Path,
    @Query({ schema: HealthHistoryQuery }) { from, to, limit, cursor }: HealthHistoryQuery,
  ): Promise<HealthHistory> {
    const cluster = this.view.cluster();
    const service = virtualServiceIn(cluster, theRealServer(cluster, id).virtualServiceId);
    const before = cursor === undefined ? Infinity : positionIn(cursor);
    const isAsked = ({ sequence, time }: VerdictEntry): boolean =>
      sequence < before && (from === undefined || time >= from) && (to === undefined || time <= to);
    const found = (await this.changesOf(id)).filter(isAsked).reverse();
    const changes = found.slice(0, limit);
    const last = found.length > limit ? changes.at(-1) : undefined;
    return {
      virtualService: { id: service.id, label: service.spec.label },
      now: this.cellOf(id, service),
      results: this.view.verdict(id)?.evidence ?? [],
      changes,
      ...(last === undefined ? {} : { next: cursorAt(last.sequence) }),
    };
  }

  /** In order. A record may come late, so the time of asking does not narrow what is read. */
  private async changesOf(realServerId: RealServerId): Promise<readonly VerdictEntry[]> {
    const subject = verdictsInJournal(this.settings.cluster, { realServerId });
    const { entries } = await this.journal.read(subject).catch(journalAway);
    return entries.filter((entry) => entry.kind === 'verdict-changed');
  }

  private cellOf(id: RealServerId, service: VirtualServiceState): HealthCell {
    const rows = matrixRows(this.view.cluster(), this.view.verdicts(), this.view.observed(), [service], {
      onlyProblems: false,
    });
    const cell = [...rows].flatMap(({ cells }) => cells).find(({ realServerId }) => realServerId === id);
    assert(cell !== undefined, 'a real server is in the row of its service');
    return cell;
  }
}
