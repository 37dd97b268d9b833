import { type Cluster } from '@evenkeel/cluster';
import { type Failing, type JournalNews, journalListMax, journalWordsMax, type NodeReport } from '@evenkeel/contracts';
import { type Reconciled, type Repair } from '../reconciler.ts';
import { thingsNamedIn } from './named-things.ts';
import { inOneLine } from './one-line.ts';

/** What a round came to, and what somebody else had changed before it. */
export type Round = Reconciled & { readonly repairs?: readonly Repair[] };

/** What is worth a place in the journal about `round`; `before` is the round before it, undefined after a start of ours. */
export const newsOfRound = (before: Reconciled | undefined, round: Round, cluster: Cluster): readonly JournalNews[] => [
  ...(round.repairs ?? []).map((repair) => repaired(repair, round, cluster)),
  ...reloaded(round, cluster),
  ...refusalsIn(round).flatMap((refusal) => rejected(before, refusal, round, cluster)),
  ...refusalsIn(before).flatMap((refusal) => healed(refusal, before, round)),
];

const engineWord = { haproxy: 'HAProxy', nftables: 'nftables' } as const;
const doneWord = {
  none: 'nothing was done',
  runtime: 'it was put right without a reload',
  reload: 'it was put right by a reload',
  start: 'it was put right by a start',
} as const satisfies Record<Repair['done'], string>;

const repaired = ({ engine, found, done, left }: Repair, { received }: Round, cluster: Cluster): JournalNews => {
  const rest = left.length === 0 ? '' : `; still open: ${left.join('; ')}`;
  return {
    kind: 'drift-repaired',
    sentence: inOneLine(
      `Somebody else had changed ${engineWord[engine]} (${found.join('; ')}); ${doneWord[done]}${rest}`,
    ),
    entities: thingsNamedIn(found, cluster),
    engine,
    revision: received,
    found: listOf(found),
    foundInAll: found.length,
    done,
    left: listOf(left),
  };
};

const reloaded = ({ method, received, reloadReasons, durationMs }: Round, cluster: Cluster): readonly JournalNews[] => {
  if (method !== 'reload' && method !== 'start') return [];
  const what = method === 'reload' ? 'was reloaded' : 'was started';
  return [
    {
      kind: 'applied-by-reload',
      sentence: inOneLine(`HAProxy ${what} in ${Math.round(durationMs)} ms: ${reloadReasons.join('; ')}`),
      entities: thingsNamedIn(reloadReasons, cluster),
      revision: received,
      method,
      reasons: listOf(reloadReasons),
      durationMs,
    },
  ];
};

/** Once for what an engine says: revisions that come meanwhile are refused in the same words. */
const rejected = (
  before: Reconciled | undefined,
  { engine, words }: Failing,
  { received }: Round,
  cluster: Cluster,
): readonly JournalNews[] => {
  if (refusalsIn(before).some((known) => known.engine === engine && known.words === words)) return [];
  return [
    {
      kind: 'rejected',
      sentence: inOneLine(`${engineWord[engine]} refused revision ${received}, and what ran before runs on: ${words}`),
      entities: thingsNamedIn([words], cluster),
      engine,
      revision: received,
      words: words.slice(0, journalWordsMax),
    },
  ];
};

/** An engine that is out of reach has not said yes. */
const healed = (
  { engine, since }: Failing,
  before: Reconciled | undefined,
  { failing, received }: Round,
): readonly JournalNews[] => {
  if (before === undefined || failing?.some((still) => still.engine === engine)) return [];
  return [
    {
      kind: 'rejection-healed',
      sentence: `${engineWord[engine]} has taken revision ${received}; it had refused revision ${before.received}`,
      entities: [],
      engine,
      revision: received,
      rejectedRevision: before.received,
      rejectedSince: since,
    },
  ];
};

const refusalsIn = (round: Pick<NodeReport, 'failing'> | undefined): readonly Failing[] =>
  (round?.failing ?? []).filter(({ kind }) => kind === 'refused');

const listOf = (words: readonly string[]): string[] => words.slice(0, journalListMax).map((one) => one.slice(0, 1_000));
