import type { Cluster } from '@evenkeel/cluster';
import { realServersOf } from '@evenkeel/cluster';
import {
  AddRealServerBody,
  DrainBody,
  HaltBody,
  OnlineBody,
  PatchRealServerBody,
  RealServerId,
  RealServerResource,
  VirtualServiceId,
} from '@evenkeel/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import * as z from 'zod';
import { Changes } from '../book/changes.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { Asked, AskedToRemove, AskedWithVersion, type Asking, type AskingToRemove, etagOf } from '../book/asking.ts';
import { realServerIn, realServerResource, virtualServiceIn } from '../book/resources.ts';
import { type ResourceOf, Writes, type Written } from '../book/writes.ts';
import { Answers, Group, Removing, Writing, WritingOver } from '../openapi/answers.ts';

const ServicePath = z.strictObject({ id: VirtualServiceId });
type ServicePath = z.infer<typeof ServicePath>;
const Path = z.strictObject({ id: VirtualServiceId, realServerId: RealServerId });
type Path = z.infer<typeof Path>;
const All = z.strictObject({ items: z.array(RealServerResource) }).meta({ id: 'RealServersOfService' });

@Group('Real servers')
@Controller('virtual-services/:id/real-servers')
export class RealServersController {
  constructor(
    private readonly view: ClusterView,
    private readonly writes: Writes,
  ) {}

  @Get()
  @Answers(200, All, 'The real servers of one virtual service')
  list(@Param({ schema: ServicePath }) { id }: ServicePath): z.infer<typeof All> {
    const cluster = this.view.cluster();
    virtualServiceIn(cluster, id);
    const drains = this.view.drains();
    return { items: realServersOf(cluster, id).map((realServer) => realServerResource(realServer, drains)) };
  }

  @Get(':realServerId')
  @Answers(200, RealServerResource, 'One real server; the ETag is for If-Match')
  get(@Param({ schema: Path }) path: Path, @Res({ passthrough: true }) response: Response): RealServerResource {
    const realServer = this.known(path);
    response.setHeader('ETag', etagOf(realServer.version));
    return realServerResource(realServer, this.view.drains());
  }

  @Post()
  @Writing(201, 'Add a real server')
  add(
    @Asked() asking: Asking,
    @Param({ schema: ServicePath }) { id }: ServicePath,
    @Body({ schema: AddRealServerBody }) { reason, ticket, ...realServer }: AddRealServerBody,
  ): Promise<Written> {
    const command = { kind: 'AddRealServer', virtualServiceId: id, realServer } as const;
    return this.writes.submit(asking, command, { reason, ticket }, theAddedOne);
  }

  @Patch(':realServerId')
  @WritingOver('Change fields of a real server (JSON merge patch)')
  modify(
    @AskedWithVersion() asking: Asking,
    @Param({ schema: Path }) path: Path,
    @Body({ schema: PatchRealServerBody }) { reason, ticket, force, ...rest }: PatchRealServerBody,
  ): Promise<Written> {
    const { id: realServerId } = this.known(path);
    const changes = Changes.parse(rest);
    const command = { kind: 'ModifyRealServer', realServerId, changes, force } as const;
    return this.writes.submit(asking, command, { reason, ticket }, theOne(realServerId));
  }

  @Delete(':realServerId')
  @Removing('Remove a real server')
  remove(@AskedToRemove('real-server') asking: AskingToRemove, @Param({ schema: Path }) path: Path): Promise<Written> {
    const command = { kind: 'RemoveRealServer', realServerId: this.known(path).id, force: asking.force } as const;
    return this.writes.submit(asking, command, asking.why, () => undefined);
  }

  @Post(':realServerId/drain')
  @HttpCode(200)
  @Writing(200, 'No new clients; persistent ones stay or are sent elsewhere')
  drain(
    @Asked() asking: Asking,
    @Param({ schema: Path }) path: Path,
    @Body({ schema: DrainBody }) { reason, ticket, ...wish }: DrainBody,
  ): Promise<Written> {
    const { id: realServerId } = this.known(path);
    const command = { kind: 'DrainRealServer', realServerId, ...wish } as const;
    return this.writes.submit(asking, command, { reason, ticket }, theOne(realServerId));
  }

  @Post(':realServerId/halt')
  @HttpCode(200)
  @Writing(200, 'No clients at all; open connections are shut or may finish')
  halt(
    @Asked() asking: Asking,
    @Param({ schema: Path }) path: Path,
    @Body({ schema: HaltBody }) { reason, ticket, ...wish }: HaltBody,
  ): Promise<Written> {
    const { id: realServerId } = this.known(path);
    const command = { kind: 'HaltRealServer', realServerId, ...wish } as const;
    return this.writes.submit(asking, command, { reason, ticket }, theOne(realServerId));
  }

  @Post(':realServerId/online')
  @HttpCode(200)
  @Writing(200, 'Take clients again')
  online(
    @Asked() asking: Asking,
    @Param({ schema: Path }) path: Path,
    @Body({ schema: OnlineBody }) { reason, ticket, ...wish }: OnlineBody,
  ): Promise<Written> {
    const { id: realServerId } = this.known(path);
    const command = { kind: 'BringRealServerOnline', realServerId, ...wish } as const;
    return this.writes.submit(asking, command, { reason, ticket }, theOne(realServerId));
  }

  /** The path names the service too: a real server of another one is not here. */
  private known({ id, realServerId }: Path) {
    return realServerIn(this.view.cluster(), realServerId, id);
  }
}

const realServerOf = (cluster: Cluster, id: RealServerId): RealServerResource | undefined => {
  const realServer = cluster.realServers.get(id);
  return realServer === undefined ? undefined : realServerResource(realServer);
};

const theOne =
  (id: RealServerId): ResourceOf =>
  (cluster) =>
    realServerOf(cluster, id);

const theAddedOne: ResourceOf = (cluster, { events }) => {
  const added = events.find((event) => event.kind === 'RealServerAdded');
  return added === undefined ? undefined : realServerOf(cluster, added.realServerId);
};
