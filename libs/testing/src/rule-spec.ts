import type { Result } from '@evenkeel/kernel';

/** A rule as three parts: what decides, what folds, and the first state. */
export type Rule<State, Event, Command, Refusal> = {
  readonly decide: (state: State, command: Command) => Result<readonly Event[], Refusal>;
  readonly evolve: (state: State, event: Event) => State;
  readonly start: State;
};

/**
 * Given events, when a command, then events or a refusal. A step that does not hold throws an assertion error with what
 * was expected and what came, which Jest shows as a difference.
 */
export const ruleSpec = <State, Event, Command, Refusal extends { readonly kind: string }>(
  rule: Rule<State, Event, Command, Refusal>,
) => ({
  given: (...events: readonly Event[]) => ({
    when: (command: Command) => outcomeOf(rule.decide(events.reduce(rule.evolve, rule.start), command)),
  }),
});

const outcomeOf = <Event, Refusal extends { readonly kind: string }>(outcome: Result<readonly Event[], Refusal>) => ({
  /** Exactly these events, in this order; none means that nothing had to change. */
  then: (...expected: readonly Event[]): void => {
    if (!outcome.ok) throw new RuleBroken('accepted with events', expected, outcome.refusal);
    if (!isSame(outcome.value, expected)) throw new RuleBroken('these events', expected, outcome.value);
  },
  /** Refused for this reason, with at least these facts. */
  refuses: <Kind extends Refusal['kind']>(kind: Kind, facts: Partial<Extract<Refusal, { kind: Kind }>> = {}): void => {
    const expected = { kind, ...facts };
    if (outcome.ok) throw new RuleBroken('refused', expected, outcome.value);
    const named = Object.entries(outcome.refusal).filter(([key]) => key in expected);
    if (!isSame(Object.fromEntries(named), expected)) throw new RuleBroken('this refusal', expected, outcome.refusal);
  },
});

/** Jest and Node know an assertion error by its name, and show the difference between its two sides. */
class RuleBroken extends Error {
  override readonly name = 'AssertionError';
  readonly code = 'ERR_ASSERTION';
  readonly operator = 'deepEqual';
  readonly generatedMessage = false;

  constructor(
    wanted: string,
    readonly expected: unknown,
    readonly actual: unknown,
  ) {
    super(`expected ${wanted}:\n${written(expected)}\nbut it was:\n${written(actual)}`);
  }
}

const isSame = (a: unknown, b: unknown): boolean => written(a) === written(b);

/** Plain data as text with sorted keys: facts and refusals are JSON. */
const written = (value: unknown): string => JSON.stringify(value, sortKeys, 2);

const sortKeys = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : value;
