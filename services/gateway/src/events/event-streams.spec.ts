import { EventEmitter } from 'node:events';
import { ManualClock } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import type { Response } from 'express';
import type { SignedRequest } from '../access/bearer.guard.ts';
import { EventStreams, type Sendable } from './event-streams.ts';

/** Says something every second, without an end. */
class Talkative implements Sendable {
  hasEnded = false;

  constructor(private readonly clock: ManualClock) {}

  async *text(): AsyncGenerator<string, void> {
    try {
      while (!this.hasEnded) {
        yield 'news\n';
        await this.clock.rest(1_000).over;
      }
    } finally {
      this.end();
    }
  }

  end(): void {
    this.hasEnded = true;
  }
}

const setUp = () => {
  const clock = new ManualClock();
  const known = { owner: 'anna' as string | undefined, isAway: false };
  const owner = () => (known.isAway ? Promise.reject(new Error('config is away')) : Promise.resolve(known.owner));
  const streams = new EventStreams({ owner } as unknown as ConstructorParameters<typeof EventStreams>[0], clock);
  const response = Object.assign(new EventEmitter(), { setHeader: () => undefined }) as unknown as Response;
  const request = { headers: { authorization: 'Bearer token' } } as SignedRequest;
  const stream = new Talkative(clock);
  const heard: string[] = [];
  const readable = streams.answer(request, response, () => stream).getStream();
  readable.on('data', (piece: Buffer) => heard.push(String(piece)));
  /** Streams hand pieces on in turns of the event loop, which the clock knows nothing of. */
  const pass = async (seconds: number): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      await clock.advance(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { known, stream, heard, pass };
};

it('ends a stream whose reader is no longer signed in, also one that never pauses, and says why', async () => {
  const { known, stream, heard, pass } = setUp();
  await pass(5);
  known.owner = undefined;
  await pass(20);
  expect(heard.at(-1)).toBe('event: end\ndata: {"because":"signed-out"}\n\n');
  expect(heard.length).toBeLessThan(20);
  expect(stream.hasEnded).toBe(true);
});

it('lets those who are signed in go on, and all who were while nobody can tell', async () => {
  const { known, stream, heard, pass } = setUp();
  await pass(20);
  known.isAway = true;
  await pass(20);
  expect(heard.length).toBeGreaterThan(35);
  expect(new Set(heard)).toEqual(new Set(['news\n']));
  stream.end();
});
