export { type Blueprint } from './blueprint.ts';
export { blueprints, planBlueprint } from './plan-blueprint.ts';
export { infinittPacs } from './infinitt-pacs.ts';
