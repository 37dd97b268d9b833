import { Journal } from '@evenkeel/bus';
import { type EventKind, EventsQuery } from '@evenkeel/contracts';
import { Clock } from '@evenkeel/kernel';
import { Controller, Get, Headers, Query, Req, Res, type StreamableFile } from '@nestjs/common';
import type { Response } from 'express';
import type { SignedRequest } from '../access/bearer.guard.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { Group, Streams } from '../openapi/answers.ts';
import { EventHub, withoutEvidence } from './event-hub.ts';
import { EventStream } from './event-stream.ts';
import { EventStreams } from './event-streams.ts';
import { ToldFeed } from './told-feed.ts';

@Group('Events')
@Controller('events')
export class EventsController {
  constructor(
    private readonly hub: EventHub,
    private readonly streams: EventStreams,
    private readonly view: ClusterView,
    private readonly feed: ToldFeed,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Streams(
    'What happens, as it happens: commit and journal are facts and resume after Last-Event-ID without a gap, or with ' +
      '"resync" when they cannot; report, verdict and sample are states, told whole in "snapshot" at the start',
  )
  follow(
    @Req() request: SignedRequest,
    @Res({ passthrough: true }) response: Response,
    @Query({ schema: EventsQuery }) query: EventsQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): StreamableFile {
    const kinds = new Set(query.kinds.split(',') as EventKind[]);
    return this.streams.answer(request, response, () => {
      const { hub, clock } = this;
      const sources = { feed: this.feed, journal: this.journal };
      const states = () => this.statesOf(kinds);
      return new EventStream({ hub, sources, kinds, lastEventId, states, clock });
    });
  }

  private statesOf(kinds: ReadonlySet<EventKind>): object {
    const { reports, samples } = this.view.observed();
    return {
      ...(kinds.has('report') ? { reports } : {}),
      ...(kinds.has('verdict') ? { verdicts: [...this.view.verdicts().values()].map(withoutEvidence) } : {}),
      ...(kinds.has('sample') ? { samples } : {}),
    };
  }
}
