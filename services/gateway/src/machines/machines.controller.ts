import { Address, type ClusterCommand, DrainBody, HaltBody, MachineResource, OnlineBody } from '@evenkeel/contracts';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import * as z from 'zod';
import { Asked, type Asking } from '../book/asking.ts';
import { ClusterView } from '../book/cluster-view.ts';
import { machineResource } from '../book/resources.ts';
import { type Why, Writes, type Written } from '../book/writes.ts';
import { Answers, Group, Writing } from '../openapi/answers.ts';

const Path = z.strictObject({ address: Address });
type Path = z.infer<typeof Path>;
const Machines = z.strictObject({ items: z.array(MachineResource) }).meta({ id: 'Machines' });

@Group('Machines')
@Controller('machines')
export class MachinesController {
  constructor(
    private readonly view: ClusterView,
    private readonly writes: Writes,
  ) {}

  @Get()
  @Answers(200, Machines, 'Every machine: all real servers that share an address')
  list(): z.infer<typeof Machines> {
    const addresses = [...this.view.cluster().machines.keys()].toSorted();
    const drains = this.view.drains();
    return { items: addresses.map((address) => this.machine(address, drains)) };
  }

  @Get(':address')
  @Answers(200, MachineResource, 'One machine with its real servers in all services and both layers')
  get(@Param({ schema: Path }) { address }: Path): MachineResource {
    return this.machine(address);
  }

  @Post(':address/drain')
  @HttpCode(200)
  @Writing(200, 'Drain every real server at this address, in one commit')
  drain(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { address }: Path,
    @Body({ schema: DrainBody }) { reason, ticket, ...wish }: DrainBody,
  ): Promise<Written> {
    return this.submit(asking, { kind: 'DrainMachine', address, ...wish }, { reason, ticket });
  }

  @Post(':address/halt')
  @HttpCode(200)
  @Writing(200, 'Halt every real server at this address, in one commit')
  halt(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { address }: Path,
    @Body({ schema: HaltBody }) { reason, ticket, ...wish }: HaltBody,
  ): Promise<Written> {
    return this.submit(asking, { kind: 'HaltMachine', address, ...wish }, { reason, ticket });
  }

  @Post(':address/online')
  @HttpCode(200)
  @Writing(200, 'Bring every real server at this address online, in one commit')
  online(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { address }: Path,
    @Body({ schema: OnlineBody }) { reason, ticket, ...wish }: OnlineBody,
  ): Promise<Written> {
    return this.submit(asking, { kind: 'BringMachineOnline', address, ...wish }, { reason, ticket });
  }

  private submit(asking: Asking, command: ClusterCommand & { readonly address: string }, why: Why): Promise<Written> {
    return this.writes.submit(asking, command, why, () => this.machine(command.address));
  }

  private machine(address: string, drains = this.view.drains()): MachineResource {
    return machineResource(this.view.cluster(), address, (id) => this.view.verdict(id), drains);
  }
}
