import type { ProcessStatistics } from '@evenkeel/data-plane';
import { describe, expect, it } from '@jest/globals';
import { oldProcesses } from './old-processes.ts';

const open = (...counts: readonly (readonly [string, number])[]): ProcessStatistics['counted'] =>
  new Map(counts.map(([name, count]) => [name, { open: count, sessions: 0, bytesIn: 0, bytesOut: 0, errors: 0 }]));

describe('old processes of HAProxy', () => {
  it('are told oldest first, each with the clients that hold it; servers are not counted once more', () => {
    const workers = [
      { pid: 7, ageSeconds: 60 },
      { pid: 3, ageSeconds: 86_400 },
    ];
    const statistics = [
      { pid: 9, counted: open(['vs1', 40]) },
      { pid: 3, counted: open(['vs1', 2], ['rs2', 2], ['vs10', 1], ['rs11', 1]) },
      { pid: 7, counted: undefined },
    ];
    expect(oldProcesses(workers, statistics)).toEqual({
      oldWorkers: 2,
      oldProcesses: [
        { pid: 3, ageSeconds: 86_400, connections: 3 },
        { pid: 7, ageSeconds: 60 },
      ],
    });
  });

  it('are all counted, though a report names fifty of them at the most: the oldest', () => {
    const workers = Array.from({ length: 60 }, (_, index) => ({ pid: index + 1, ageSeconds: index }));
    const { oldWorkers, oldProcesses: named = [] } = oldProcesses(workers, []);
    expect([oldWorkers, named.length, named[0]]).toEqual([60, 50, { pid: 60, ageSeconds: 59 }]);
  });
});
