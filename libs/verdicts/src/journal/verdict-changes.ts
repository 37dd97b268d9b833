import type { Cluster } from '@evenkeel/cluster';
import { decidingMax, type JudgedState, type RealServerId, type Verdict } from '@evenkeel/contracts';
import { stateFor } from '../target-verdict.ts';
import type { ChangeNews } from './flap-damper.ts';

/** What was last told of a real server. */
type Told = { readonly state: JudgedState; readonly since: string | undefined; readonly isOurs: boolean };

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
    private readonly note: (news: ChangeNews) => void,
  ) {}

  /** Somebody else has said it, before this one came or since: it is in the journal already. */
  know({ realServerId, reason, state, since, checker }: Verdict): void {
    const isOurs = checker === this.checker; // an earlier process of this name
    if (reason !== 'never-checked') this.told.set(realServerId, { state, since, isOurs });
  }

  /** Safe to repeat. */
  see(verdict: Verdict): void {
    const { realServerId, state, since, reason, detail, votes } = verdict;
    if (reason === 'never-checked') return;
    const counted = votes === undefined ? {} : { votes };
    const evidence = decidingResults(verdict);
    const before = this.told.get(realServerId);
    // The state goes on, and from now on it is this checker that speaks of it.
    const told = before?.state === state ? before : { state, since };
    this.told.set(realServerId, { ...told, isOurs: true });
    this.tell(realServerId, before, state, { since, reason, detail, evidence, ...counted });
  }

  /** It has left the book. The checker that spoke of it last tells so. */
  gone(id: RealServerId): void {
    const before = this.told.get(id);
    this.told.delete(id);
    if (before?.isOurs === true) this.tell(id, before, 'none', { detail: 'it has left the book', evidence: [] });
  }

  private tell(
    id: RealServerId,
    before: Pick<Told, 'state' | 'since'> = { state: 'none', since: undefined },
    to: JudgedState,
    because: Pick<ChangeNews, 'since' | 'reason' | 'detail' | 'evidence' | 'votes'>,
  ): void {
    if (before.state === to) return;
    const names = this.books().flatMap((book) => namesIn(book, id) ?? [])[0];
    if (names === undefined) return; // it was removed while nobody checked, and nobody can ask for it
    this.note({
      kind: 'verdict-changed',
      sentence: inWords(names, before.state, to, because.detail),
      entities: [names.virtualService.id, id],
      checker: this.checker,
      ...names,
      from: before.state,
      ...(before.since === undefined ? {} : { fromSince: before.since }),
      to,
      ...because,
    });
  }
}

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
