import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Due, DueQueue } from './due-queue.ts';

const emptied = (queue: DueQueue<Due>): number[] => {
  const times: number[] = [];
  for (let item = queue.take(); item !== undefined; item = queue.take()) times.push(item.dueMs);
  return times;
};

it('gives what is due first, however it came in', () => {
  fc.assert(
    fc.property(fc.array(fc.nat()), fc.array(fc.nat()), (first, later) => {
      const queue = new DueQueue<Due>();
      queue.refill(first.map((dueMs) => ({ dueMs })));
      for (const dueMs of later) queue.add({ dueMs });
      expect(queue.next()?.dueMs).toBe(first.length + later.length === 0 ? undefined : Math.min(...first, ...later));
      expect(emptied(queue)).toEqual([...first, ...later].toSorted((one, other) => one - other));
    }),
  );
});

it('stays in order while things come and go', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.nat())), (steps) => {
      const queue = new DueQueue<Due>();
      const inside: number[] = [];
      for (const dueMs of steps) {
        if (dueMs !== null) {
          queue.add({ dueMs });
          inside.push(dueMs);
        } else {
          const least = inside.length === 0 ? undefined : Math.min(...inside);
          expect(queue.take()?.dueMs).toBe(least);
          if (least !== undefined) inside.splice(inside.indexOf(least), 1);
        }
      }
    }),
  );
});

it('forgets what waited when it is filled anew', () => {
  const queue = new DueQueue<Due>();
  queue.add({ dueMs: 1 });
  queue.refill([{ dueMs: 5 }, { dueMs: 3 }]);
  expect(emptied(queue)).toEqual([3, 5]);
});
