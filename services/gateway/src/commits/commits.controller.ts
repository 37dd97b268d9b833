import { ConfigClient } from '@evenkeel/bus';
import {
  clusterLog,
  CommitPage,
  CommitQuery,
  CommitResource,
  Convergence,
  type LogName,
  RevertBody,
  Revision,
} from '@evenkeel/contracts';
import { Clock } from '@evenkeel/kernel';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  type StreamableFile,
} from '@nestjs/common';
import type { Response } from 'express';
import * as z from 'zod';
import type { SignedRequest } from '../access/bearer.guard.ts';
import { Asked, type Asking } from '../book/asking.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { cursorAt, positionIn } from '../book/pages.ts';
import { Writes, type Written } from '../book/writes.ts';
import { ConvergenceStream } from '../events/convergence-stream.ts';
import { EventStreams } from '../events/event-streams.ts';
import { Answers, Group, Writing } from '../openapi/answers.ts';
import { problem } from '../problems/problem-exception.ts';
import { type GatewaySettings, SETTINGS } from '../settings.ts';

const Path = z.strictObject({ revision: z.coerce.number().int().min(1).pipe(Revision) });
type Path = z.infer<typeof Path>;

@Group('Commits')
@Controller('commits')
export class CommitsController {
  private readonly log: LogName;

  constructor(
    private readonly config: ConfigClient,
    private readonly view: ClusterView,
    private readonly writes: Writes,
    private readonly streams: EventStreams,
    private readonly clock: Clock,
    @Inject(SETTINGS) { cluster }: GatewaySettings,
  ) {
    this.log = clusterLog(cluster);
  }

  @Get()
  @Answers(200, CommitPage, 'Commits, newest first: who changed what, when, from where and why')
  async find(@Query({ schema: CommitQuery }) { limit, cursor, ...filter }: CommitQuery): Promise<CommitPage> {
    const before = cursor === undefined ? {} : { before: positionIn(cursor) as Revision };
    // One more than asked for tells whether there is a next page.
    const { commits } = await this.config.find({ log: this.log, ...before, limit: limit + 1, ...filter });
    const items = commits.slice(0, limit);
    const last = items.at(-1);
    return { items, ...(commits.length > limit && last !== undefined ? { next: cursorAt(last.revision) } : {}) };
  }

  @Get(':revision')
  @Answers(200, CommitResource, 'One commit with its hash and the hash before it')
  async get(@Param({ schema: Path }) { revision }: Path): Promise<CommitResource> {
    const before = (revision + 1) as Revision;
    const { commits } = await this.config.find({ log: this.log, before, limit: 1 });
    const [commit] = commits;
    if (commit?.revision !== revision) throw unknownRevision(revision);
    return commit;
  }

  @Get(':revision/convergence')
  @Answers(
    200,
    Convergence,
    'Where every node is with this revision, by what the node itself has seen running; as text/event-stream whenever ' +
      'that changes, until all have seen it or one has refused it',
  )
  convergence(
    @Param({ schema: Path }) { revision }: Path,
    @Req() request: SignedRequest,
    @Res({ passthrough: true }) response: Response,
  ): Convergence | StreamableFile {
    if (revision > this.view.cluster().revision) throw unknownRevision(revision);
    if (request.accepts(['json', 'text/event-stream']) !== 'text/event-stream') return this.view.convergence(revision);
    return this.streams.answer(request, response, () => new ConvergenceStream(this.view, revision, this.clock));
  }

  @Post(':revision/revert')
  @HttpCode(200)
  @Writing(200, 'A new commit that takes back what this one did; refused where later commits changed the same things')
  revert(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { revision }: Path,
    @Body({ schema: RevertBody }) { reason, ticket, force }: RevertBody,
  ): Promise<Written> {
    const command = { kind: 'RevertCommit', revision, force } as const;
    return this.writes.submit(asking, command, { reason, ticket }, () => undefined);
  }
}

const unknownRevision = (revision: Revision) =>
  problem(404, 'unknown-revision', `There is no revision ${revision} yet.`);
