import type { Cluster } from '@evenkeel/cluster';
import { decidingMax, type JournalNews, type JudgedState, type RealServerId, type Verdict } from '@evenkeel/contracts';
import { stateFor } from '../target-verdict.ts';

/** What was last told of a real server. */
type Told = { readonly state: JudgedState; readonly since: string | undefined };

/**
 * What a checker says, as records of the journal: one whenever a state becomes another one. That nobody has asked yet is no
 * news, so a checker that starts again tells only of what has changed meanwhile.
 */
export class VerdictChanges {
  private readonly told = new Map<RealServerId, Told>();

  /** `books`: where names are looked up, the newest first; the one before still knows who has just left. */
  constructor(
    private readonly checker: string,
    private readonly books: () => readonly Cluster[],
    private readonly note: (news: JournalNews) => void,
  ) {}

  /** What was said before this checker came. */
  adopt(verdicts: readonly Verdict[]): void {
    for (const { realServerId, reason, state, since } of verdicts) {
      if (reason !== 'never-checked') this.told.set(realServerId, { state, since });
    }
  }

  /** Safe to repeat. */
  see(verdict: Verdict): void {
    const { realServerId, state, since, reason, detail } = verdict;
    if (reason === 'never-checked') return;
    const evidence = decidingResults(verdict);
    this.tell(realServerId, { state, since }, { reason, detail, evidence });
  }

  /** It has left the book. */
  gone(id: RealServerId): void {
    this.tell(id, { state: 'none', since: undefined }, { detail: 'it has left the book', evidence: [] });
    this.told.delete(id);
  }

  private tell(id: RealServerId, now: Told, because: Pick<ChangeNews, 'reason' | 'detail' | 'evidence'>): void {
    const before = this.told.get(id) ?? { state: 'none', since: undefined };
    if (before.state === now.state) return;
    this.told.set(id, now);
    const names = this.books().flatMap((book) => namesIn(book, id) ?? [])[0];
    if (names === undefined) return; // it was removed while nobody checked, and nobody can ask for it
    this.note({
      kind: 'verdict-changed',
      sentence: inWords(names, before.state, now.state, because.detail),
      entities: [names.virtualService.id, id],
      checker: this.checker,
      ...names,
      from: before.state,
      ...(before.since === undefined ? {} : { fromSince: before.since }),
      to: now.state,
      ...because,
    });
  }
}

type ChangeNews = Extract<JournalNews, { kind: 'verdict-changed' }>;
type Names = Pick<ChangeNews, 'virtualService' | 'realServer' | 'machine'>;

const namesIn = ({ realServers, virtualServices }: Cluster, id: RealServerId): Names | undefined => {
  const realServer = realServers.get(id);
  const service = realServer === undefined ? undefined : virtualServices.get(realServer.virtualServiceId);
  if (realServer === undefined || service === undefined) return undefined;
  return {
    virtualService: { id: service.id, label: service.spec.label },
    realServer: { id, label: realServer.spec.label },
    machine: realServer.spec.address,
  };
};

const inWords = ({ virtualService, realServer, machine }: Names, from: JudgedState, to: JudgedState, why: string) => {
  const who = `${realServer.label} (${machine}) of ${virtualService.label}`;
  if (to === 'none') return `${who} is not checked any more: ${why}; it was ${from}`;
  return from === 'none' ? `${who} is ${to}: ${why}` : `${who} was ${from} and is ${to}: ${why}`;
};

/** The newest results in a row that say what the verdict says. */
export const decidingResults = ({ state, evidence }: Pick<Verdict, 'state' | 'evidence'>): Verdict['evidence'] => {
  const against = evidence.findLastIndex(({ outcome }) => stateFor[outcome] !== state);
  return evidence.slice(against + 1).slice(-decidingMax);
};
