import { accept, refuse, type Result } from '@evenkeel/kernel';
import { describe, expect, it } from '@jest/globals';
import { ruleSpec } from './rule-spec.ts';

type Refusal = { readonly kind: 'full'; readonly most: number } | { readonly kind: 'closed' };

/** A jar that takes three marbles; an event is the number added. */
const rule = ruleSpec<number, { added: number }, number, Refusal>({
  decide: (held, wish): Result<readonly { added: number }[], Refusal> =>
    held + wish > 3 ? refuse({ kind: 'full', most: 3 }) : accept(wish === 0 ? [] : [{ added: wish }]),
  evolve: (held, event) => held + event.added,
  start: 0,
});

describe('a rule told as given, when, then', () => {
  it('holds when exactly the expected events come', () => {
    rule.given({ added: 1 }).when(2).then({ added: 2 });
    rule.given().when(0).then();
  });

  it('holds when the expected refusal comes, with the facts that were named', () => {
    rule.given({ added: 2 }).when(2).refuses('full');
    rule.given({ added: 2 }).when(2).refuses('full', { most: 3 });
  });

  it.each([
    ['other events', () => rule.given().when(1).then({ added: 2 })],
    ['too few events', () => rule.given().when(1).then()],
    ['a refusal instead of events', () => rule.given({ added: 3 }).when(1).then({ added: 1 })],
    ['events instead of a refusal', () => rule.given().when(1).refuses('full')],
    ['another refusal', () => rule.given({ added: 3 }).when(1).refuses('closed')],
    ['other facts', () => rule.given({ added: 3 }).when(1).refuses('full', { most: 4 })],
  ])('fails, showing both sides, for %s', (_what, step) => {
    expect(step).toThrow(/expected .*but it was/s);
  });
});
