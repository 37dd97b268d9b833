import type { Cluster } from '@evenkeel/cluster';
import { PatchBody, SettingsResource } from '@evenkeel/contracts';
import { Body, Controller, Get, Patch, Res } from '@nestjs/common';
import type { Response } from 'express';
import { AskedWithVersion, type Asking, etagOf } from '../book/asking.ts';
import { Changes } from '../book/changes.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { Writes, type Written } from '../book/writes.ts';
import { Answers, Group, WritingOver } from '../openapi/answers.ts';

/** What holds for the whole cluster. */
@Group('Settings')
@Controller('settings')
export class SettingsController {
  constructor(
    private readonly view: ClusterView,
    private readonly writes: Writes,
  ) {}

  @Get()
  @Answers(200, SettingsResource, 'The settings of the cluster; the ETag is for If-Match')
  get(@Res({ passthrough: true }) response: Response): SettingsResource {
    const cluster = this.view.cluster();
    response.setHeader('ETag', etagOf(cluster.settings.version));
    return settingsResource(cluster);
  }

  @Patch()
  @WritingOver('Change settings of the cluster (JSON merge patch)')
  set(
    @AskedWithVersion() asking: Asking,
    @Body({ schema: PatchBody }) { reason, ticket, ...changes }: PatchBody,
  ): Promise<Written> {
    const command = { kind: 'SetClusterSettings', changes: Changes.parse(changes) } as const;
    return this.writes.submit(asking, command, { reason, ticket }, settingsResource);
  }
}

const settingsResource = ({ settings: { spec, version } }: Cluster): SettingsResource => ({
  ...spec,
  revision: version,
});
