import { expect, it } from '@jest/globals';
import { EventQueue } from './event-queue.ts';

const aQueue = () => new EventQueue(() => 'lost;');

it('gives all that waits, in order, and nothing twice', () => {
  const queue = aQueue();
  queue.push('a;');
  queue.push('b;');
  expect(queue.takeAll()).toBe('a;b;');
  expect([queue.takeAll(), queue.isEmpty]).toEqual([undefined, true]);
});

it.each([
  ['many events', 1_001, 'x'],
  ['long ones', 11, 'x'.repeat(100_000)],
])('of a reader that is too slow for %s is dropped and says so, and goes on', (_, count, text) => {
  const queue = aQueue();
  for (let index = 0; index < count; index += 1) queue.push(text);
  queue.push('after;');
  expect(queue.takeAll()).toBe('lost;after;');
  queue.push('later;');
  expect(queue.takeAll()).toBe('later;');
});
