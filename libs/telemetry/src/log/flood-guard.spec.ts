import { ManualClock } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import { FloodGuard } from './flood-guard.ts';
import { type Log, logInto } from './log.ts';

const guarded = (): { log: Log; told: string[]; clock: ManualClock; guard: FloodGuard } => {
  const told: string[] = [];
  const clock = new ManualClock();
  const guard = new FloodGuard(({ level, words }) => told.push(`${level} ${words}`), clock);
  return { log: logInto((line) => guard.take(line)), told, clock, guard };
};
const refused = 'connect ECONNREFUSED 127.0.0.1:5432';

/** The loop of a process whose Postgres is away. */
const failFor = async (seconds: number, log: Log, clock: ManualClock): Promise<void> => {
  for (let tenth = 0; tenth < 10 * seconds; tenth += 1) {
    log.warn(refused);
    await clock.advance(100);
  }
};

it('tells the first failure at once, then counts, and tells when it is over', async () => {
  const { log, told, clock } = guarded();
  await failFor(65, log, clock);
  expect(told).toEqual([
    `warn ${refused}`,
    `warn ${refused} (299 times more in 30 s)`,
    `warn ${refused} (300 times more in 30 s)`,
  ]);
  await clock.advance(15_000);
  expect(told.slice(3)).toEqual([`info over: ${refused} (650 times in 65 s)`]);
  expect(clock.resting).toBe(0);
});

it('tells it again at once when it comes back after it was over', async () => {
  const { log, told, clock } = guarded();
  await failFor(1, log, clock);
  await clock.advance(20_000);
  log.warn(refused);
  expect(told).toEqual([`warn ${refused}`, `info over: ${refused} (10 times in 1 s)`, `warn ${refused}`]);
});

it('says nothing more of what happened once', async () => {
  const { log, told, clock } = guarded();
  log.warn(refused);
  await clock.advance(60_000);
  expect(told).toEqual([`warn ${refused}`]);
});

it('lets different failures pass, and takes the same one for the same however long it has lasted', () => {
  const { log, told } = guarded();
  log.warn('repaired: vs1/rs1 has weight 5');
  log.warn('repaired: vs1/rs2 has weight 5');
  log.error('the log has been out of reach for 3001 ms');
  log.error('the log has been out of reach for 3499 ms');
  expect(told).toHaveLength(3);
});

it('holds back nothing that is not a warning', () => {
  const { log, told } = guarded();
  log.info('started');
  log.info('started');
  expect(told).toEqual(['info started', 'info started']);
});

it('ends with the process', async () => {
  const { log, clock, guard } = guarded();
  log.warn(refused);
  guard.close();
  await clock.settle();
  expect(clock.resting).toBe(0);
});
