import { expect, it } from '@jest/globals';
import { BoundedSender } from './bounded-sender.ts';

it('keeps nothing for a process that takes nothing, and goes on when it does', () => {
  const taken: (() => void)[] = [];
  const sender = new BoundedSender<number>((_, isTaken) => taken.push(isTaken));
  for (let message = 0; message < 1_000; message += 1) sender.send(message);
  expect(taken).toHaveLength(64);
  taken[0]?.();
  sender.send(1_001);
  sender.send(1_002);
  expect(taken).toHaveLength(65);
});
