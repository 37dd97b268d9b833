import { type RunCheck, type RunCheckAnswer, runCheckPattern } from '@evenkeel/contracts';
import { firstValueFrom } from 'rxjs';
import type { SharedClientNats } from './shared-nats.ts';

/** No checker of this name has answered. */
export class CheckerAway extends Error {
  override readonly name = 'CheckerAway';

  constructor(
    readonly checker: string,
    cause: unknown,
  ) {
    super(`the checker ${checker} did not answer`, { cause });
  }
}

/** What checkers answer. */
export class HealthClient {
  constructor(private readonly client: SharedClientNats) {}

  /** Has a check run now. Throws `CheckerAway`. */
  async runCheck(checker: string, wish: RunCheck): Promise<RunCheckAnswer> {
    try {
      return await firstValueFrom(this.client.send<RunCheckAnswer>(runCheckPattern(checker), wish));
    } catch (failure) {
      throw new CheckerAway(checker, failure);
    }
  }
}
