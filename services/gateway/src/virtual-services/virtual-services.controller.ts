import type { Cluster } from '@evenkeel/cluster';
import {
  AddVirtualServiceBody,
  DuplicateBody,
  ListQuery,
  pageOf,
  PatchBody,
  VirtualServiceId,
  VirtualServiceResource,
  WhyBody,
} from '@evenkeel/contracts';
import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import type { Response } from 'express';
import * as z from 'zod';
import { Changes } from '../book/changes.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { pageFrom } from '../book/pages.ts';
import { Asked, AskedToRemove, AskedWithVersion, type Asking, type AskingToRemove, etagOf } from '../book/asking.ts';
import { virtualServiceIn, virtualServiceResource } from '../book/resources.ts';
import { type ResourceOf, Writes, type Written } from '../book/writes.ts';
import { Answers, Group, Removing, Writing, WritingOver } from '../openapi/answers.ts';

const Path = z.strictObject({ id: VirtualServiceId });
type Path = z.infer<typeof Path>;
const Page = pageOf(VirtualServiceResource, 'VirtualServicePage');

@Group('Virtual services')
@Controller('virtual-services')
export class VirtualServicesController {
  constructor(
    private readonly view: ClusterView,
    private readonly writes: Writes,
  ) {}

  @Get()
  @Answers(200, Page, 'Virtual services in the order in which they were made')
  list(@Query({ schema: ListQuery }) query: ListQuery): z.infer<typeof Page> {
    const cluster = this.view.cluster();
    const { items, next } = pageFrom([...cluster.virtualServices.values()], query, ({ number }) => number);
    return { items: items.map((service) => virtualServiceResource(cluster, service)), ...next };
  }

  @Get(':id')
  @Answers(200, VirtualServiceResource, 'One virtual service with its real servers; the ETag is for If-Match')
  get(@Param({ schema: Path }) { id }: Path, @Res({ passthrough: true }) response: Response): VirtualServiceResource {
    const cluster = this.view.cluster();
    const service = virtualServiceIn(cluster, id);
    response.setHeader('ETag', etagOf(service.version));
    return virtualServiceResource(cluster, service);
  }

  @Post()
  @Writing(201, 'Add a virtual service, with its real servers if wanted, in one commit')
  add(
    @Asked() asking: Asking,
    @Body({ schema: AddVirtualServiceBody }) { reason, ticket, ...body }: AddVirtualServiceBody,
  ): Promise<Written> {
    const command = { kind: 'AddVirtualService', ...additionOf(body) } as const;
    return this.writes.submit(asking, command, { reason, ticket }, theAddedOne);
  }

  @Patch(':id')
  @WritingOver('Change fields of a virtual service (JSON merge patch)')
  modify(
    @AskedWithVersion() asking: Asking,
    @Param({ schema: Path }) { id }: Path,
    @Body({ schema: PatchBody }) { reason, ticket, ...changes }: PatchBody,
  ): Promise<Written> {
    const command = {
      kind: 'ModifyVirtualService',
      virtualServiceId: id,
      changes: Changes.parse(changes),
    } as const;
    return this.writes.submit(asking, command, { reason, ticket }, theOne(id));
  }

  @Delete(':id')
  @Removing('Remove a virtual service and its real servers')
  remove(@AskedToRemove('service') asking: AskingToRemove, @Param({ schema: Path }) { id }: Path): Promise<Written> {
    const command = { kind: 'RemoveVirtualService', virtualServiceId: id } as const;
    return this.writes.submit(asking, command, asking.why, () => undefined);
  }

  @Post(':id/duplicate')
  @Writing(201, 'A new virtual service like this one, with some fields changed; the answer reviews what was inherited')
  duplicate(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { id }: Path,
    @Body({ schema: DuplicateBody }) { reason, ticket, label, overrides }: DuplicateBody,
  ): Promise<Written> {
    const command = { kind: 'DuplicateVirtualService', source: id, label, overrides } as const;
    return this.writes.submit(asking, command, { reason, ticket }, theAddedOne);
  }

  @Post(':id/enable')
  @HttpCode(200)
  @Writing(200, 'Listen again')
  enable(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { id }: Path,
    @Body({ schema: WhyBody }) why: WhyBody,
  ): Promise<Written> {
    const command = { kind: 'EnableVirtualService', virtualServiceId: id } as const;
    return this.writes.submit(asking, command, why, theOne(id));
  }

  @Post(':id/disable')
  @HttpCode(200)
  @Writing(200, 'Stop listening; the configuration stays')
  disable(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { id }: Path,
    @Body({ schema: WhyBody }) why: WhyBody,
  ): Promise<Written> {
    const command = { kind: 'DisableVirtualService', virtualServiceId: id } as const;
    return this.writes.submit(asking, command, why, theOne(id));
  }
}

/** A redirect has no place for real servers. */
const additionOf = (body: ServiceBody) => {
  if (!('realServers' in body)) return { service: body, realServers: [] };
  const { realServers, ...service } = body;
  return { service, realServers };
};

type ServiceBody = OmitEach<AddVirtualServiceBody, 'reason' | 'ticket'>;
type OmitEach<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never;

const serviceOf = (cluster: Cluster, id: VirtualServiceId): VirtualServiceResource | undefined => {
  const service = cluster.virtualServices.get(id);
  return service === undefined ? undefined : virtualServiceResource(cluster, service);
};

const theOne =
  (id: VirtualServiceId): ResourceOf =>
  (cluster) =>
    serviceOf(cluster, id);

const theAddedOne: ResourceOf = (cluster, { events }) => {
  const added = events.find((event) => event.kind === 'VirtualServiceAdded');
  return added === undefined ? undefined : serviceOf(cluster, added.virtualServiceId);
};
