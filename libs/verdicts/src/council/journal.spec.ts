import { afterEach, expect, it } from '@jest/globals';
import { CheckersWorld, machines, type Name } from '../../test/checkers-world.ts';

const [machine, another] = machines;
let end = (): void => undefined;
afterEach(() => end());

const aWorld = async (checkers: readonly Name[], votersMax = 3): Promise<CheckersWorld> => {
  const world = new CheckersWorld(votersMax);
  end = () => world.end();
  for (const name of checkers) world.start(name);
  await world.pass(20);
  return world;
};

const written = (world: CheckersWorld, of: string = machine): readonly string[] =>
  world.journal.filter((one) => one.machine === of).map(({ from, to }) => `${from} ${to}`);

/** It dies and comes back, with half a minute for each. */
const goDownAndUp = async (world: CheckersWorld): Promise<void> => {
  for (const is of ['dead', 'alive'] as const) {
    world.becomes(machine, is);
    await world.pass(30);
  }
};

it.each([
  ['one', ['health-1'], 3],
  ['three', ['health-1', 'health-2', 'health-3'], 3],
  ['four, of which two ask,', ['health-1', 'health-2', 'health-3', 'health-4'], 2],
] as const)('%s of several checkers writes a change once', async (_, checkers, votersMax) => {
  const world = await aWorld(checkers, votersMax);
  await goDownAndUp(world);
  expect(written(world)).toEqual(['none up', 'up down', 'down up']);
  expect(written(world, another)).toEqual(['none up']);
});

it.each([
  ['killed', 2],
  ['told', 2],
  ['killed', 1],
  ['told', 1],
] as const)('who takes over (%s, %i ask each) goes on with what was written', async (how, votersMax) => {
  const world = await aWorld(['health-1', 'health-2', 'health-3', 'health-4'], votersMax);
  world.becomes(machine, 'dead');
  await world.pass(30);
  for (let left = 4; left > 1; left -= 1) {
    world.stop(world.verdictOn(machine)?.checker as Name, how);
    await world.pass(30);
  }
  world.becomes(machine, 'alive');
  await world.pass(30);
  expect(written(world)).toEqual(['none up', 'up down', 'down up']);
  for (const of of machines.slice(1)) expect(written(world, of)).toEqual(['none up']);
});

it.each([
  ['asleep', { isAsleep: true }, { isAsleep: false }],
  ['cut off', { isCutOff: true }, { isCutOff: false }],
  [
    'asleep, while the bus kept nothing for it,',
    { isAsleep: true, isCutOff: true },
    { isAsleep: false, isCutOff: false },
  ],
] as const)('one that was %s writes nothing of what has changed meanwhile', async (_, before, after) => {
  for (const checkers of [
    ['health-1', 'health-2'],
    ['health-1', 'health-2', 'health-3'],
  ] as const) {
    const world = await aWorld(checkers);
    const speaker = world.verdictOn(machine)?.checker as Name;
    world.change(speaker, before);
    await world.pass(10);
    world.becomes(machine, 'dead');
    await world.pass(30);
    world.change(speaker, after);
    await world.pass(30);
    expect(written(world)).toEqual(['none up', 'up down']);
    world.end();
  }
});

it('one that sees nothing writes nothing of what it alone sees, also when it is the one that speaks', async () => {
  const world = await aWorld(['health-1', 'health-2', 'health-3']);
  world.change(world.verdictOn(machine)?.checker as Name, { isBlind: true });
  await world.pass(30);
  expect(written(world)).toEqual(['none up']);
});

it('one of them writes that a real server has left the book', async () => {
  const world = await aWorld(['health-1', 'health-2', 'health-3']);
  world.leavesTheBook(machine);
  await world.pass(20);
  expect(written(world)).toEqual(['none up', 'up none']);
});
