import type { BenchRow } from '../bench-row.ts';
import { median } from '../times.ts';
import type { Fault } from './contender.ts';
import type { Story } from './measure.ts';

export type Told = ReadonlyMap<Fault, readonly Story[]>;
/** The longest gap of all repetitions, and how the median compares with keepalived's. */
export type Goal = { readonly worst: string; isMet(worstMs: number): boolean; readonly ratioMost?: number };

/** Of one profile: for each fault the median and the worst, and how often two machines answered. */
export const rowsOf = (
  profile: string,
  ours: Told,
  theirs: Told,
  goals: Readonly<Partial<Record<Fault, Goal>>>,
): BenchRow[] =>
  [...ours].flatMap(([fault, stories]) => {
    const [us, them] = [stories, theirs.get(fault) ?? []];
    const name = `${profile}, ${fault}`;
    return [medianRow(name, us, them, goals[fault]), worstRow(name, us, them, goals[fault]), twiceRow(name, us, them)];
  });

const gaps = (stories: readonly Story[]): number[] => stories.map(({ gapMs }) => gapMs);
const keepalived = (value: number): Required<BenchRow>['peer'] => ({ name: 'keepalived', value });

const medianRow = (name: string, us: readonly Story[], them: readonly Story[], goal: Goal | undefined): BenchRow => {
  const [value, peer] = [median(gaps(us)), median(gaps(them))];
  const row = { name: `${name}: gap, median of ${us.length}`, value, unit: 'ms', peer: keepalived(peer) };
  const ratio = value / peer;
  if (goal?.ratioMost === undefined) return { ...row, ratio };
  return { ...row, ratio, target: `at most ${goal.ratioMost} × keepalived`, met: ratio <= goal.ratioMost };
};

const worstRow = (name: string, us: readonly Story[], them: readonly Story[], goal: Goal | undefined): BenchRow => {
  const [value, peer] = [Math.max(...gaps(us)), Math.max(...gaps(them))];
  const row = { name: `${name}: gap, worst of ${us.length}`, value, unit: 'ms', peer: keepalived(peer) };
  return goal === undefined ? row : { ...row, target: goal.worst, met: goal.isMet(value) };
};

const twiceRow = (name: string, us: readonly Story[], them: readonly Story[]): BenchRow => {
  const count = (stories: readonly Story[]): number => stories.filter(({ twice }) => twice > 0).length;
  const row = { name: `${name}: two machines answered, of ${us.length}`, value: count(us), unit: 'times' };
  return { ...row, peer: keepalived(count(them)), target: 'never', met: count(us) === 0 };
};
