import { HaPicture } from '@evenkeel/contracts';
import { Controller, Get } from '@nestjs/common';
import { Answers, Group } from '../openapi/answers.ts';
import { HaView } from './ha-view.ts';

@Group('High availability')
@Controller('ha')
export class HaController {
  constructor(private readonly view: HaView) {}

  @Get()
  @Answers(
    200,
    HaPicture,
    'Who answers for the addresses and why, what each node goes by, and what would happen if the one that serves died now',
  )
  picture(): HaPicture {
    return this.view.picture();
  }
}
