import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';
import type { Clock } from '@evenkeel/kernel';
import type { Response } from 'express';
import type { SignedRequest } from '../access/bearer.guard.ts';
import type { Tokens } from '../access/tokens.ts';
import { frame } from './frame.ts';
import { StreamLimit } from './stream-limit.ts';

/** A stream outlives its sign-in at the most by so long, and by the pause between two pieces. */
const checkEveryMs = 15_000;

/** Something that goes on being sent until it ends or the reader goes. It is never silent for long. */
export type Sendable = { text(): AsyncGenerator<string, void>; end(): void };

/** Answers that go on. Each caller may have so many. */
export class EventStreams {
  private readonly limit = new StreamLimit();

  constructor(
    private readonly tokens: Pick<Tokens, 'owner'>,
    private readonly clock: Clock,
  ) {}

  /**
   * The answer that sends what `open` gives. It ends with the response, whatever ends that: a request says nothing when its
   * connection breaks, and with the sign-in. Throws the problem `too-many-streams`, and what `open` throws.
   */
  answer(request: SignedRequest, response: Response, open: () => Sendable): StreamableFile {
    const giveBack = this.limit.take(request.actor?.authenticatedBy ?? 'nobody');
    response.once('close', giveBack);
    let stream: Sendable;
    try {
      stream = open();
    } catch (failure) {
      giveBack();
      throw failure;
    }
    const readable = Readable.from(this.whileSignedIn(request, stream), { objectMode: false });
    response.once('close', () => {
      stream.end();
      readable.destroy();
    });
    response.setHeader('Cache-Control', 'no-cache, no-transform');
    response.setHeader('X-Accel-Buffering', 'no');
    return new StreamableFile(readable, { type: 'text/event-stream; charset=utf-8' });
  }

  /** A busy stream is checked as well: it may never pause. */
  private async *whileSignedIn(request: SignedRequest, stream: Sendable): AsyncGenerator<string, void> {
    let checkedAtMs = this.clock.monotonicMs();
    for await (const piece of stream.text()) {
      const nowMs = this.clock.monotonicMs();
      if (nowMs - checkedAtMs >= checkEveryMs) {
        if (!(await this.isStillSignedIn(request))) {
          yield frame('end', { because: 'signed-out' });
          return;
        }
        checkedAtMs = nowMs;
      }
      yield piece;
    }
  }

  /** Whether the token of `request` is still one. While the book is away, whoever was known stays. */
  private async isStillSignedIn({ headers }: SignedRequest): Promise<boolean> {
    const token = headers.authorization?.split(' ')[1] ?? '';
    const owner = await this.tokens.owner(token).catch(() => 'not known');
    return owner !== undefined;
  }
}
