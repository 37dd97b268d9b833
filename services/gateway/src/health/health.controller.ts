import { Verdict } from '@evenkeel/contracts';
import { Controller, Get } from '@nestjs/common';
import * as z from 'zod';
import { ClusterView } from '../book/cluster-view.ts';
import { Answers, Group } from '../openapi/answers.ts';

const Verdicts = z.strictObject({ items: z.array(Verdict) }).meta({ id: 'Verdicts' });

@Group('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly view: ClusterView) {}

  @Get()
  @Answers(200, Verdicts, 'The verdict about every real server, with its reason and the newest results')
  list(): z.infer<typeof Verdicts> {
    return { items: [...this.view.verdicts().values()] };
  }
}
