import { Forecast, ForecastBody } from '@evenkeel/contracts';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Asked, type Asking } from '../book/asking.ts';
import { Answers, Group } from '../openapi/answers.ts';
import { Forecasts } from './forecasts.ts';

/** What many commands would do together; for one write, send `dryRun` with the write itself. */
@Group('Forecast')
@Controller('forecast')
export class ForecastController {
  constructor(private readonly forecasts: Forecasts) {}

  @Post()
  @HttpCode(200)
  @Answers(
    200,
    Forecast,
    'What these commands would do, each decided on top of the one before; nothing is done. If one is refused, all are',
  )
  forecast(
    @Asked() asking: Asking,
    @Body({ schema: ForecastBody }) { commands, ...why }: ForecastBody,
  ): Promise<Forecast> {
    return this.forecasts.ofList(asking, commands, why);
  }
}
