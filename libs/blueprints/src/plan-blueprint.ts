import { type ClusterCommand, type ClusterRefusalOf, readInput } from '@evenkeel/contracts';
import { accept, refuse, type Result } from '@evenkeel/kernel';
import type { Blueprint } from './blueprint.ts';
import { infinittPacs } from './infinitt-pacs.ts';

/** Every version of every blueprint; of one name, the newest first. */
export const blueprints: readonly Blueprint[] = [infinittPacs];

/** The commands that a blueprint makes of `parameters`. Errors point into the parameters. */
export const planBlueprint = (
  name: string,
  version: number,
  parameters: unknown,
): Result<readonly ClusterCommand[], ClusterRefusalOf<'unknown-blueprint' | 'invalid-input'>> => {
  const blueprint = blueprints.find((known) => known.name === name && known.version === version);
  if (blueprint === undefined) return refuse({ kind: 'unknown-blueprint', name, known: blueprints.map(titleOf) });
  const read = readInput(blueprint.parameters, parameters);
  return read.ok ? accept(blueprint.plan(read.value)) : refuse({ kind: 'invalid-input', errors: read.refusal });
};

const titleOf = ({ name, version }: Blueprint): string => `${name} version ${version}`;
