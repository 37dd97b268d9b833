import { configurationOf } from '@evenkeel/cluster';
import { ApplyBody, ClusterConfiguration, ConfigurationQuery } from '@evenkeel/contracts';
import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Asked, type Asking, etagOf } from '../book/asking.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { Writes, type Written } from '../book/writes.ts';
import { Answers, Group, Writing } from '../openapi/answers.ts';
import { type GatewaySettings, SETTINGS } from '../settings.ts';

/** A scope as one document: read it, keep it beside your code, apply it. */
@Group('Configuration')
@Controller('configuration')
export class ConfigurationController {
  constructor(
    private readonly view: ClusterView,
    private readonly writes: Writes,
    @Inject(SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  @Get()
  @Answers(
    200,
    ClusterConfiguration,
    'All services of a scope in the form that apply takes; the ETag is the revision of the whole book',
  )
  get(
    @Query({ schema: ConfigurationQuery }) { scope }: ConfigurationQuery,
    @Res({ passthrough: true }) response: Response,
  ): ClusterConfiguration {
    const cluster = this.view.cluster();
    response.setHeader('ETag', etagOf(cluster.revision));
    return configurationOf(cluster, scope, this.settings.cluster);
  }

  @Post('apply')
  @HttpCode(200)
  @Writing(200, 'Make the services of a scope what the document says, in one commit; intents stay as they are')
  apply(
    @Asked() asking: Asking,
    @Body({ schema: ApplyBody }) { reason, ticket, ...wish }: ApplyBody,
  ): Promise<Written> {
    return this.writes.submit(asking, { kind: 'ApplyConfiguration', ...wish }, { reason, ticket }, () => undefined);
  }
}
