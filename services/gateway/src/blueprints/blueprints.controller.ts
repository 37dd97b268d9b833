import { blueprints, planBlueprint } from '@evenkeel/blueprints';
import { BlueprintBody, ClusterCommand } from '@evenkeel/contracts';
import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import * as z from 'zod';
import { Asked, type Asking } from '../book/asking.ts';
import { Writes, type Written } from '../book/writes.ts';
import { Answers, Group, Writing } from '../openapi/answers.ts';
import { refusalToProblem } from '../problems/refusal-to-problem.ts';

const Path = z.strictObject({ name: z.string().min(1).max(64) });
type Path = z.infer<typeof Path>;
const Catalogue = z
  .strictObject({
    items: z.array(
      z.strictObject({ name: z.string(), version: z.int(), description: z.string(), parameters: z.json() }),
    ),
  })
  .meta({ id: 'Blueprints' });
const Plan = z.strictObject({ commands: z.array(ClusterCommand) }).meta({ id: 'BlueprintPlan' });

/** The newest version of each blueprint. */
@Group('Blueprints')
@Controller('blueprints')
export class BlueprintsController {
  constructor(private readonly writes: Writes) {}

  @Get()
  @Answers(200, Catalogue, 'What can be instantiated, with the JSON schema of the parameters')
  list(): z.infer<typeof Catalogue> {
    const items = blueprints.map(({ name, version, description, parameters }) => ({
      name,
      version,
      description,
      parameters: z.json().parse(z.toJSONSchema(parameters, { io: 'input' })),
    }));
    return { items };
  }

  @Post(':name/preview')
  @HttpCode(200)
  @Answers(200, Plan, 'What instantiating would ask for; changes nothing')
  preview(
    @Param({ schema: Path }) { name }: Path,
    @Body({ schema: BlueprintBody }) { parameters }: BlueprintBody,
  ): z.infer<typeof Plan> {
    const plan = planBlueprint(name, versionOf(name), parameters);
    if (!plan.ok) throw refusalToProblem(plan.refusal);
    return { commands: [...plan.value] };
  }

  @Post(':name/instantiate')
  @Writing(201, 'Make everything the blueprint describes, in one commit')
  instantiate(
    @Asked() asking: Asking,
    @Param({ schema: Path }) { name }: Path,
    @Body({ schema: BlueprintBody }) { reason, ticket, parameters }: BlueprintBody,
  ): Promise<Written> {
    const command = { kind: 'InstantiateBlueprint', name, version: versionOf(name), parameters } as const;
    return this.writes.submit(asking, command, { reason, ticket }, () => undefined);
  }
}

/** An unknown name is refused by the rule that knows all names. */
const versionOf = (name: string): number => blueprints.find((blueprint) => blueprint.name === name)?.version ?? 1;
