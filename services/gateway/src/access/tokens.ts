import { hash, timingSafeEqual } from 'node:crypto';
import type { ConfigClient } from '@evenkeel/bus';
import type { TokenRecord } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';

/** `ek_<kind>_<id>_<secret>`: the id finds the record, only the secret's hash is stored. */
const pattern = /^ek_([a-z]+)_([0-9a-f]{16})_([A-Za-z0-9_-]{43})$/;

/** How long a known token is trusted without asking again: the longest that a removed one still works. */
const trustForMs = 10_000;
/** Wrong tokens must not fill the memory. */
const rememberedMax = 1_000;

/** Recognises bearer tokens by what `config` keeps of them. */
export class Tokens {
  private readonly known = new Map<string, { readonly record: TokenRecord; readonly askedAtMs: number }>();

  constructor(
    private readonly config: Pick<ConfigClient, 'token'>,
    private readonly clock: Clock,
  ) {}

  /** Whose token this is; undefined when it is nobody's. Throws `ConfigAway` when an unknown one cannot be looked up. */
  async owner(token: string): Promise<TokenRecord | undefined> {
    const [, , id, secret] = pattern.exec(token) ?? [];
    if (id === undefined || secret === undefined) return undefined;
    const record = await this.record(id);
    return record !== undefined && isSecretOf(record, secret) ? record : undefined;
  }

  private async record(id: string): Promise<TokenRecord | undefined> {
    const known = this.known.get(id);
    if (known !== undefined && this.clock.monotonicMs() - known.askedAtMs < trustForMs) return known.record;
    try {
      return this.remember(id, (await this.config.token(id)).token ?? undefined);
    } catch (failure) {
      // The book is away: whoever was known goes on reading, and nobody new comes in.
      if (known !== undefined) return known.record;
      throw failure;
    }
  }

  private remember(id: string, record: TokenRecord | undefined): TokenRecord | undefined {
    if (record === undefined) {
      this.known.delete(id);
      return undefined;
    }
    if (this.known.size >= rememberedMax) this.known.clear();
    this.known.set(id, { record, askedAtMs: this.clock.monotonicMs() });
    return record;
  }
}

const isSecretOf = ({ secretHash }: TokenRecord, secret: string): boolean =>
  timingSafeEqual(hash('sha256', secret, 'buffer'), Buffer.from(secretHash, 'hex'));
