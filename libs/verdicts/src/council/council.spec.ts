import { afterEach, describe, expect, it } from '@jest/globals';
import { CheckersWorld, type Machine, machines, type Name } from '../../test/checkers-world.ts';

const [machine] = machines;
let end = (): void => undefined;
afterEach(() => end());

const aWorld = async (checkers: readonly Name[], votersMax = 3): Promise<CheckersWorld> => {
  const world = new CheckersWorld(votersMax);
  end = () => world.end();
  for (const name of checkers) world.start(name);
  await world.pass(20);
  return world;
};

/** Each state that the machine was said to have, second by second, without repetitions. */
const storyOf = async (world: CheckersWorld, seconds: number, of: Machine = machine): Promise<readonly string[]> => {
  const story: string[] = [];
  for (let second = 0; second < seconds; second += 1) {
    await world.pass(1);
    const state = world.verdictOn(of)?.state ?? 'none';
    if (story.at(-1) !== state) story.push(state);
  }
  return story;
};

describe('several checkers', () => {
  it('all ask, and one of them tells what all have seen', async () => {
    const world = await aWorld(['health-1', 'health-2', 'health-3']);
    expect(world.votesShown()).toEqual(machines.map(() => ['health-1 up', 'health-2 up', 'health-3 up']));
    expect(world.verdictOn(machine)).toMatchObject({ state: 'up', reason: 'check-passed', detail: 'check-passed' });
  });

  it('are no more for a target than was asked for, and share the speaking', async () => {
    const world = await aWorld(['health-1', 'health-2', 'health-3', 'health-4'], 2);
    expect(world.votesShown().map((votes) => votes.length)).toEqual([2, 2, 2]);
    expect(world.speakers().size).toBeGreaterThan(1);
  });

  it('say of one that is alone what it always said, and show no votes', async () => {
    const world = await aWorld(['health-1']);
    expect(world.votesShown()).toEqual([[], [], []]);
    world.becomes(machine, 'dead');
    expect(await storyOf(world, 10)).toEqual(['up', 'down']);
  });

  it('take out together who is dead, and bring it back', async () => {
    const world = await aWorld(['health-1', 'health-2', 'health-3']);
    world.becomes(machine, 'dead');
    expect(await storyOf(world, 10)).toEqual(['up', 'down']);
    world.becomes(machine, 'alive');
    expect(await storyOf(world, 10)).toEqual(['down', 'up']);
  });

  it('say when it came back, also when another speaks of it later', async () => {
    const world = await aWorld(['health-1', 'health-2', 'health-3']);
    world.becomes(machine, 'dead');
    await world.pass(10);
    expect(world.verdictOn(machine)).not.toHaveProperty('backSince');
    world.becomes(machine, 'alive');
    await world.pass(10);
    const { checker, since, backSince } = world.verdictOn(machine)!;
    expect(backSince).toBe(since);
    world.stop(checker as Name, 'told');
    await world.pass(20);
    expect(world.verdictOn(machine)).toMatchObject({ state: 'up', backSince });
    expect(world.verdictOn(machine)?.checker).not.toBe(checker);
  });
});

describe('a checker that sees nothing', () => {
  it.each([
    ['of three', ['health-1', 'health-2', 'health-3']],
    ['of two', ['health-1', 'health-2']],
  ] as const)('%s takes nobody out, and the disagreement is shown', async (_, checkers) => {
    const world = await aWorld(checkers);
    world.change('health-2', { isBlind: true });
    expect(await storyOf(world, 30)).toEqual(['up']);
    const { detail, votes = [] } = world.verdictOn(machine)!;
    expect(detail).toContain(
      'the checkers disagree: health-1 says up (check-passed), health-2 says down (connect-timeout)',
    );
    expect(votes.map(({ state }) => state).slice(0, 2)).toEqual(['up', 'down']);
    world.change('health-2', { isBlind: false });
    expect(await storyOf(world, 10)).toEqual(['up']);
    expect(world.verdictOn(machine)?.detail).toBe('check-passed');
  });

  it('comes late and takes nobody out', async () => {
    const world = await aWorld(['health-1']);
    world.start('health-2');
    world.change('health-2', { isBlind: true });
    expect(await storyOf(world, 40)).toEqual(['up']);
  });

  it('is not believed the moment the one leaves who contradicts it', async () => {
    const world = await aWorld(['health-1', 'health-2']);
    world.change('health-2', { isBlind: true });
    await world.pass(20);
    world.stop('health-1', 'told');
    expect(await storyOf(world, 8)).toEqual(['up']);
    // Nobody else is there to ask.
    expect(await storyOf(world, 10)).toEqual(['up', 'down']);
  });

  it('and the bus cannot tell when it is back that all are gone', async () => {
    const world = await aWorld(['health-1', 'health-2']);
    world.change('health-2', { isBlind: true, isCutOff: true });
    expect(await storyOf(world, 60)).toEqual(['up']);
    world.change('health-2', { isCutOff: false });
    expect(await storyOf(world, 30)).toEqual(['up']);
  });
});

describe('a checker that goes', () => {
  it.each(['killed', 'told'] as const)('(%s) is replaced within seconds, without a flap', async (how) => {
    const world = await aWorld(['health-1', 'health-2', 'health-3', 'health-4'], 2);
    const [speaker] = world.speakers();
    world.stop(speaker as Name, how);
    expect(await storyOf(world, 6)).toEqual(['up']);
    expect(world.speakers()).not.toContain(speaker);
    world.becomes(machine, 'dead');
    expect(await storyOf(world, 10)).toEqual(['up', 'down']);
  });

  it('asleep, is replaced; awake again, it changes nothing with what it knew before', async () => {
    const world = await aWorld(['health-1', 'health-2', 'health-3']);
    world.change('health-1', { isAsleep: true });
    await world.pass(6);
    expect(world.speakers()).not.toContain('health-1');
    world.becomes(machine, 'dead');
    await world.pass(20);
    expect(world.verdictOn(machine)?.state).toBe('down');
    world.change('health-1', { isAsleep: false });
    expect(await storyOf(world, 20)).toEqual(['down']);
    expect(world.votesShown()[0]).toEqual(['health-1 down', 'health-2 down', 'health-3 down']);
  });

  it('and was cut off says nothing that others have said better since', async () => {
    const world = await aWorld(['health-1', 'health-2', 'health-3'], 1);
    for (const of of machines) {
      const speaker = world.verdictOn(of)?.checker as Name;
      for (const name of ['health-1', 'health-2', 'health-3'] as const)
        world.change(name, { isCutOff: name !== speaker });
      await world.pass(20);
      world.becomes(of, 'dead');
      expect(await storyOf(world, 20, of)).toEqual(['up', 'down']);
      const changes = world.changes;
      world.healAll();
      await world.pass(30);
      expect(world.changes).toBe(changes);
      expect(world.wronglyJudged()).toEqual([]);
    }
  });

  it('and comes back takes its seat again, without a flap', async () => {
    const world = await aWorld(['health-1', 'health-2']);
    world.stop('health-1', 'killed');
    await world.pass(2);
    world.start('health-1');
    expect(await storyOf(world, 20)).toEqual(['up']);
    expect(world.votesShown()[0]).toEqual(['health-1 up', 'health-2 up']);
  });

  it('is not missed by the one who is left, when the server really dies', async () => {
    const world = await aWorld(['health-1', 'health-2']);
    world.stop('health-1', 'killed');
    world.becomes(machine, 'dead');
    expect(await storyOf(world, 16)).toEqual(['up', 'down']);
  });
});

describe('a clock that is wrong', () => {
  it.each([-3_600_000, 86_400_000])('by %i ms moves nothing', async (wrongByMs) => {
    const world = await aWorld(['health-1', 'health-2']);
    world.start('health-3', wrongByMs);
    expect(await storyOf(world, 30)).toEqual(['up']);
    world.becomes(machine, 'dead');
    expect(await storyOf(world, 10)).toEqual(['up', 'down']);
  });
});
