import { profiles } from '../../src/index.ts';
import { drawFaults, type Fault } from './fault.ts';
import type { Mutation } from './mutation.ts';
import { Random } from './random.ts';
import { World } from './world.ts';

/** In milliseconds of the world: things go wrong in between, and in the rest all must come right. */
const [faultsFrom, faultsUntil, end] = [500, 7_000, 12_500];

export type Story = {
  readonly seed: number;
  readonly nodes: number;
  readonly profile: keyof typeof profiles;
  readonly hasNats: boolean;
  readonly pauseChance: number;
  readonly supervisor: 'watched' | 'alone';
  readonly faults: readonly Fault[];
};

/** What the seed makes of it. Mostly pairs: they have the most to go wrong. */
export const storyOf = (seed: number): Story => {
  const random = new Random(seed);
  const nodes = random.pick([1, 2, 2, 2, 2, 2, 3, 3, 4, 5]);
  return {
    seed,
    nodes,
    profile: random.pick(['safe', 'fast'] as const),
    hasNats: random.isOne(0.7),
    pauseChance: random.pick([0, 0, 0.001, 0.01]),
    supervisor: random.pick(['watched', 'alone'] as const),
    faults: drawFaults(random, nodes, faultsFrom, faultsUntil),
  };
};

/** The same, such that a rule of safety is needed soon: a pair without NATS, whose agents are often paused. */
export const wickedStoryOf = (seed: number): Story => ({
  ...storyOf(seed),
  nodes: 2,
  hasNats: false,
  supervisor: 'alone',
  pauseChance: 0.03,
});

export type Telling = {
  readonly broken: readonly string[];
  readonly takeOvers: number;
  readonly history: readonly string[];
};

/** Tells the story, and what of it must never be. */
export const tell = (story: Story, mutation: Mutation = 'none'): Telling => {
  const { heartbeatMs, selfMs, ...rest } = profiles[story.profile];
  const deadMs = mutation === 'short-silence' ? selfMs + heartbeatMs : rest.deadMs;
  const world = new World({ ...story, times: { ...rest, heartbeatMs, selfMs, deadMs }, mutation });
  world.run(story.faults, faultsUntil, end);
  const { serving, broken, history } = world;
  const atEnd = serving.length === 1 ? [] : [`at the end ${serving.length} serve`];
  const takeOvers = history.filter(({ news }) => news.kind === 'took-over').length;
  const told = history.map(({ at, node, news }) => `  ${Math.round(at)} ms: ${node} ${JSON.stringify(news)}`);
  return { broken: [...broken, ...atEnd], takeOvers, history: told };
};

/** The same story with as few of its faults as still break something. */
export const shrunk = (story: Story, mutation: Mutation = 'none'): Story => {
  const shorter = story.faults
    .map((_, index) => ({ ...story, faults: story.faults.toSpliced(index, 1) }))
    .find((candidate) => tell(candidate, mutation).broken.length > 0);
  return shorter === undefined ? story : shrunk(shorter, mutation);
};

/** For a person who wants to see it again. */
export const describeStory = (story: Story, mutation: Mutation = 'none'): string => {
  const faults = story.faults.map(({ at, ...fault }) => `  ${Math.round(at)} ms: ${JSON.stringify(fault)}`);
  const { seed, nodes, profile, hasNats, pauseChance, supervisor } = story;
  const { history, broken } = tell(story, mutation);
  return [
    `seed ${seed}: ${nodes} nodes, ${profile}, ${hasNats ? 'with' : 'without'} NATS, ${supervisor}, pauses ${pauseChance}`,
    'what goes wrong:',
    ...faults,
    'what the nodes do:',
    ...history,
    broken.length === 0 ? 'nothing is broken' : `broken: ${broken.join('; ')}`,
  ].join('\n');
};
