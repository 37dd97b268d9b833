import type { Hash, LogName } from '@evenkeel/contracts';
import { accept, refuse } from '@evenkeel/kernel';
import { canonicalJson } from '../canonical-json.ts';
import type { Sha256 } from '../seal.ts';
import type { AnswerKey, CommitLogPort, KeptAnswer } from './commit-log-port.ts';
import type { Trouble } from './trouble.ts';
import type { Answer, Outcome, Wish } from './wish.ts';

/** A wish by its idempotency key. */
export type KeyedWish = AnswerKey & { readonly contentHash: Hash };

/** Undefined for a wish without a key. What a retry may change, such as its trace, is no content. */
export const keyedWish = (wish: Wish<unknown>, sha256: Sha256): KeyedWish | undefined => {
  const { idempotencyKey: key, command, actor, reason, ticket, ifMatch } = wish;
  if (key === undefined) return undefined;
  const contentHash = sha256(canonicalJson({ command, reason, ticket, ifMatch })) as Hash;
  return { actor: actor.name, key, contentHash };
};

/** What the log has kept of earlier calls. */
export class KeptAnswers<Refusal, Extra> {
  constructor(
    private readonly log: LogName,
    private readonly logPort: CommitLogPort,
    private readonly trouble: Trouble,
  ) {}

  /** The earlier answer to the same wish, a refusal when the key was used for another, undefined when it is new. */
  async find(wish: KeyedWish): Promise<Answer<Refusal, Extra> | undefined> {
    const { actor, key } = wish;
    const kept = await this.trouble.overcome(() => this.logPort.findAnswer(this.log, { actor, key }));
    return kept === undefined ? undefined : answerTo(wish, kept);
  }
}

const answerTo = <Refusal, Extra>({ key, contentHash }: KeyedWish, kept: KeptAnswer): Answer<Refusal, Extra> =>
  kept.contentHash === contentHash
    ? accept(JSON.parse(kept.answer) as Outcome<Extra>)
    : refuse({ kind: 'idempotency-key-reused', key });
