import type { OverruledVerdict, RealServerId, RealServerReason, RulingVerdicts, Verdict } from '@evenkeel/contracts';
import type { Observed } from './seen.ts';

/** What the checks say of one real server, in the words of the overview. */
export type Checked = Pick<Verdict, 'state' | 'detail' | 'since' | 'backSince'> & { readonly reason: RealServerReason };

/**
 * What the checks say: the last verdict, or, while the checkers are silent, what the nodes go by for themselves. A server
 * that one of them has taken out is down. Undefined for one that nobody has said anything about.
 */
export const checkedBy = (
  verdicts: ReadonlyMap<RealServerId, Verdict>,
  { reports, silentSince }: Observed,
): ((id: RealServerId) => Checked | undefined) => {
  const alone = reports.flatMap(({ node, verdicts: ruling }) => (ruling?.by === 'own-checks' ? { node, ruling } : []));
  if (silentSince !== undefined && reports.length === 0) return (id) => unseen(verdicts.get(id), silentSince);
  if (alone.length === 0) return (id) => counted(verdicts.get(id));
  const overruled = overruledBy(alone.map(({ ruling }) => ruling));
  const detail = staleBecause(alone);
  return (id) => {
    const last = verdicts.get(id);
    if (last?.reason === 'not-checked') return last;
    const { state, since, backSince } = returned(overruled.get(id)) ?? last ?? neverJudged;
    const before = last === undefined ? 'never checked before' : `last verdict: ${last.state}, ${last.detail}`;
    return { state, reason: 'verdict-stale', detail: `${detail}; ${before}`, since, ...cameBack(backSince) };
  };
};

/** That the checkers disagree matters more than what the majority of them has seen; the detail says both. */
const counted = (verdict: Verdict | undefined): Checked | undefined => {
  const opinions = (verdict?.votes ?? []).filter(({ isBlind }) => isBlind !== true);
  const isSplit = new Set(opinions.map(({ state }) => state)).size > 1;
  return verdict === undefined || !isSplit ? verdict : { ...verdict, reason: 'votes-split' };
};

/** No checker and no node looks: what was true once is known to nobody now. */
const unseen = (last: Verdict | undefined, silentSince: string): Checked | undefined => {
  if (last === undefined || last.reason === 'not-checked') return last;
  const detail = `nobody checks, no node tells since ${silentSince}; last verdict: ${last.state}, ${last.detail}`;
  return { state: 'unknown', reason: 'verdict-stale', detail, since: silentSince };
};

type OwnChecks = Extract<RulingVerdicts, { by: 'own-checks' }>;
type Alone = { readonly node: string; readonly ruling: OwnChecks };

/** Older than any time on record. */
const neverJudged = { state: 'unknown', since: '', backSince: undefined } as const;

/** A node overrules `up` only with `down`, and `down` only with `up`. */
const returned = (overruled: OverruledVerdict | undefined) =>
  overruled && { ...overruled, backSince: overruled.state === 'up' ? overruled.since : undefined };

const cameBack = (backSince: string | undefined) => (backSince === undefined ? {} : { backSince });

const overruledBy = (rulings: readonly OwnChecks[]): ReadonlyMap<RealServerId, OverruledVerdict> => {
  const all = rulings.flatMap(({ overruled }) => overruled);
  const downLast = all.toSorted((one, other) => Number(one.state === 'down') - Number(other.state === 'down'));
  return new Map(downLast.map((one) => [one.realServerId, one]));
};

const staleBecause = (alone: readonly Alone[]): string => {
  const nodes = alone.map(({ node }) => node).join(', ');
  const since = alone.map(({ ruling }) => ruling.since).toSorted()[0] ?? '';
  return `the health checks are silent, ${nodes} ${alone.length === 1 ? 'goes' : 'go'} by own connect checks since ${since}`;
};
