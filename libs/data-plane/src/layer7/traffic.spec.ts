import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { connectionsIn, type ProcessStatistics, type Statistics } from './statistics.ts';
import { Traffic } from './traffic.ts';

const counts = (sessions: number): Statistics => ({
  ...{ open: 1, sessions, bytesIn: 10 * sessions, bytesOut: 100 * sessions },
  errors: 0,
});
const process = (pid: number, sessions: number, name = 'vs1'): ProcessStatistics => ({
  pid,
  counted: new Map([[name, counts(sessions)]]),
});

describe('what a service has carried', () => {
  it('goes on where a new worker starts at nothing', () => {
    const traffic = new Traffic();
    traffic.take([process(7, 40)]);
    traffic.take([process(8, 0), process(7, 40)]);
    traffic.take([process(8, 2), process(7, 40)]);
    expect(traffic.of('vs1')).toEqual({ sessions: 42, bytesIn: 420, bytesOut: 4_200, errors: 0 });
  });

  it('holds what an old worker still finishes', () => {
    const traffic = new Traffic();
    traffic.take([process(7, 40)]);
    traffic.take([process(8, 1), process(7, 43)]);
    traffic.take([process(8, 1)]);
    expect(traffic.of('vs1').sessions).toBe(44);
  });

  it('is not counted again after a process did not answer for a while', () => {
    const traffic = new Traffic();
    traffic.take([process(7, 40)]);
    traffic.take([{ pid: 7, counted: undefined }]);
    traffic.take([]);
    traffic.take([process(7, 41)]);
    expect(traffic.of('vs1').sessions).toBe(41);
  });

  it('takes fewer than before for counters that started over: an HAProxy that was started again may get the same pid', () => {
    const traffic = new Traffic();
    traffic.take([process(7, 40)]);
    traffic.take([process(7, 3)]);
    expect(traffic.of('vs1').sessions).toBe(43);
  });

  it('is nothing where nobody has counted', () => {
    expect(new Traffic().of('vs9')).toEqual({ sessions: 0, bytesIn: 0, bytesOut: 0, errors: 0 });
  });

  it('stays in step with clients through any run of traffic, looks, reloads, ends and silences', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('clients' as const), which: fc.nat(9), count: fc.nat(50) }),
      fc.record({ kind: fc.constant('reload' as const) }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat(9) }),
      fc.record({ kind: fc.constant('look' as const), silent: fc.nat(9) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        const traffic = new Traffic();
        let pids = 1;
        let living = new Map([[1, 0]]);
        const lookedAt = new Map<number, number>();
        let before = 0;
        for (const one of events) {
          const pid = [...living.keys()]['which' in one ? one.which % living.size : 0] ?? 0;
          if (one.kind === 'clients') living.set(pid, (living.get(pid) ?? 0) + one.count);
          if (one.kind === 'reload') living.set((pids += 1), 0);
          if (one.kind === 'end' && living.size > 1) living = new Map([...living].filter(([other]) => other !== pid));
          if (one.kind !== 'look') continue;
          const silent = [...living.keys()][one.silent];
          const answers = [...living].filter(([other]) => other !== silent);
          for (const [other, count] of answers) lookedAt.set(other, count);
          traffic.take(answers.map(([other, count]) => process(other, count)));
          const { sessions } = traffic.of('vs1');
          expect(sessions).toBe([...lookedAt.values()].reduce((sum, count) => sum + count, 0));
          expect(sessions).toBeGreaterThanOrEqual(before);
          before = sessions;
        }
      }),
    );
  });
});

it('open connections are summed over all processes', () => {
  expect(connectionsIn([process(7, 40), process(8, 2), { pid: 9, counted: undefined }])).toEqual(new Map([['vs1', 2]]));
});
