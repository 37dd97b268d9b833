import type { HaMaintenance, HaRole } from '@evenkeel/contracts';
import type { Account, News } from '@evenkeel/election';
import type { AgentStatus } from '../agent-says.ts';
import { inWords } from '../in-words.ts';
import type { HaSettings } from '../settings.ts';

/** A status is told so often, and at every change. */
const everyMs = 1_000;

type Told = Pick<HaSettings, 'node' | 'group' | 'rank' | 'addresses' | 'profile'>;
export type SelfReportParts = {
  readonly settings: Told;
  readonly boot: number;
  readonly maintenance: () => HaMaintenance | undefined;
  /** The wall clock, for the record. */
  readonly nowMs: () => number;
};

/** One agent's statuses, one after the other. */
export class SelfReport {
  private sequence = 0;
  private role: HaRole = 'standby';
  private since: string;
  private took: string | undefined;
  private toldAt = Number.NEGATIVE_INFINITY;
  private told = '';

  constructor(private readonly parts: SelfReportParts) {
    this.since = this.time();
  }

  /** Call it with the news before the status that follows from it. */
  note(news: News): void {
    if (news.kind === 'took-over') this.took = inWords(news);
  }

  /** Whether there is something to tell: `now` is monotonic. */
  isDue(account: Account, now: number): boolean {
    return now - this.toldAt >= everyMs || gistOf(account) !== this.told;
  }

  status(account: Account, ignored: Readonly<Record<string, number>>, now: number): AgentStatus {
    const { settings, boot } = this.parts;
    const maintenance = this.parts.maintenance();
    const { node, group, rank, addresses, profile } = settings;
    const { role, epoch, canServe, deadMs, evidence, whyStandby } = account;
    const time = this.time();
    if (role !== this.role) [this.role, this.since] = [role, time];
    this.sequence += 1;
    [this.toldAt, this.told] = [now, gistOf(account)];
    return {
      ...{ node, group, boot, rank, addresses: [...addresses], profile },
      ...{ sequence: this.sequence, time, role, epoch, since: this.since, canServe, deadMs, evidence },
      reason: whyStandby ?? this.took ?? 'this node serves the addresses',
      ...(maintenance === undefined ? {} : { maintenance }),
      ignored: { ...ignored },
    };
  }

  private time(): string {
    return new Date(this.parts.nowMs()).toISOString();
  }
}

/** What is worth a status of its own; ages are not. */
const gistOf = ({ role, epoch, canServe, evidence: { peers, gateway } }: Account): string =>
  JSON.stringify([role, epoch, canServe, gateway.answers, peers.map(({ isLive, says }) => [isLive, says])]);
