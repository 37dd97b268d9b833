import { type Actor, HaAskQuery, HaDone, HaPicture, MaintenanceBody, MakeActiveBody } from '@evenkeel/contracts';
import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { AskingActor } from '../book/asking.ts';
import { Answers, Group } from '../openapi/answers.ts';
import { HaAsks } from './ha-asks.ts';
import { HaView } from './ha-view.ts';

@Group('High availability')
@Controller('ha')
export class HaController {
  constructor(
    private readonly view: HaView,
    private readonly asks: HaAsks,
  ) {}

  @Get()
  @Answers(
    200,
    HaPicture,
    'Who answers for the addresses and why, what each node goes by, and what would happen if the one that serves died now',
  )
  picture(): HaPicture {
    return this.view.picture();
  }

  @Post('make-active')
  @HttpCode(200)
  @Answers(
    200,
    HaDone,
    'Have a node take the addresses: a planned handover, measured. Connections through them break; a dry run says how many',
  )
  makeActive(
    @AskingActor() actor: Actor,
    @Body({ schema: MakeActiveBody }) body: MakeActiveBody,
    @Query({ schema: HaAskQuery }) { dryRun }: HaAskQuery,
  ): Promise<HaDone> {
    return this.asks.makeActive(body, actor, dryRun);
  }

  @Post('maintenance')
  @HttpCode(200)
  @Answers(200, HaDone, 'Take a node out of the election, or let it in again; it stays so when it is restarted')
  maintenance(
    @AskingActor() actor: Actor,
    @Body({ schema: MaintenanceBody }) body: MaintenanceBody,
    @Query({ schema: HaAskQuery }) { dryRun }: HaAskQuery,
  ): Promise<HaDone> {
    return this.asks.maintenance(body, actor, dryRun);
  }
}
