import { ConnectionWatch, Journal } from '@evenkeel/bus';
import type { Cluster } from '@evenkeel/cluster';
import { type Ballot, type JournalNews, NodeName } from '@evenkeel/contracts';
import { JournalOutbox } from '@evenkeel/data-plane';
import { type Clock, Loop } from '@evenkeel/kernel';
import { newId } from '@evenkeel/kernel/system';
import { counter } from '@evenkeel/telemetry';
import { type Council, FlapDamper, type Others, Silences, VerdictChanges } from '@evenkeel/verdicts';
import type { NatsConnection } from '@nats-io/transport-node';
import type { LastKnown } from './last-known.ts';
import type { HealthSettings } from './settings.ts';

/** What belongs into the journal is sent within this time. */
const sendMs = 500;
/** Every real server of a large cluster changes at once when a network does, and comes back. */
const waitingMax = 20_000;
const lookMs = 1_000;
const patience = { retryMinMs: 50, retryMaxMs: 2_000 };
/** For the last words of a checker that stops. */
const lastWordsMs = 1_000;

export type CheckerJournalParts = {
  readonly settings: Pick<HealthSettings, 'checker' | 'cluster'>;
  readonly connection: NatsConnection;
  /** Who else checks. */
  readonly council: Pick<Council, 'isAlone' | 'canVouch'>;
  /** The newest first. */
  readonly books: () => readonly Cluster[];
  readonly clock: Clock;
  readonly onFailure: (failure: unknown) => void;
};

/** What this checker has to say to the journal: how verdicts change, and when nobody has checked. Nothing waits for it. */
export class CheckerJournal {
  readonly changes: VerdictChanges;
  private readonly silences: Silences;
  private readonly damper: FlapDamper;
  private readonly outbox: JournalOutbox;
  private readonly loops: readonly Loop[];

  constructor(private readonly parts: CheckerJournalParts) {
    const { settings, connection, books, clock, onFailure } = parts;
    const { checker, cluster } = settings;
    const node = writerOf(checker);
    const lost = counter('journalLost');
    lost({ node }, 0); // Prometheus sees a counter grow only when it has seen it before
    this.outbox = new JournalOutbox({ node, run: newId() }, clock, (count) => lost({ node }, count), waitingMax);
    const note = (news: JournalNews): void => this.outbox.note(news);
    this.damper = new FlapDamper(note, () => clock.monotonicMs());
    this.changes = new VerdictChanges(checker, books, (news) => this.damper.take(news));
    this.silences = new Silences(checker, note);
    const [watch, journal] = [new ConnectionWatch(connection), new Journal(connection, cluster)];
    this.send = async () => {
      if (watch.isConnected()) await this.outbox.sendAll(journal);
    };
    const look = (): Promise<void> => {
      this.damper.look();
      this.silences.look(clock.nowMs(), this.others());
      return Promise.resolve();
    };
    this.loops = [
      new Loop(this.send, { ...patience, sweepMs: sendMs, onFailure }, clock),
      new Loop(look, { ...patience, sweepMs: lookMs, onFailure }, clock),
    ];
  }

  private readonly send: () => Promise<void>;

  /** When earlier and other checkers were last alive. */
  adopt({ beatsMs }: Pick<LastKnown, 'beatsMs'>): void {
    this.silences.adopt(beatsMs.values());
  }

  /** Another checker has spoken, and the council has heard it. */
  hear({ checksForMs }: Pick<Ballot, 'checksForMs'>): void {
    // Whoever is deaf, or was asleep, may hear what was said before the others fell asleep as well.
    if (checksForMs === undefined || !this.parts.council.canVouch()) return;
    this.silences.hear(checksForMs, this.parts.clock.nowMs());
  }

  /** What the other checkers want to know of us. */
  tellOthers(): Pick<Ballot, 'checksForMs'> {
    const checksForMs = this.silences.checksForMs(this.parts.clock.nowMs());
    return checksForMs === undefined ? {} : { checksForMs };
  }

  /** From now on this checker knows what it says. Safe to repeat. */
  begin(): void {
    this.silences.begin(this.parts.clock.nowMs(), this.others());
  }

  run(): void {
    for (const loop of this.loops) void loop.run();
  }

  /** Resolves when what waits is sent, or soon. */
  async stop(): Promise<void> {
    for (const loop of this.loops) loop.stop();
    this.damper.flush();
    this.silences.flush(this.parts.clock.nowMs());
    const rest = this.parts.clock.rest(lastWordsMs);
    await Promise.race([this.send().catch(() => undefined), rest.over]);
    rest.wake(); // its timer would keep the process
  }

  private others(): Others {
    const { council } = this.parts;
    if (council.isAlone()) return 'nobody';
    return council.canVouch() ? 'heard' : 'unheard';
  }
}

/** As which the journal knows a checker: its subjects have a narrower alphabet. */
export const writerOf = (checker: string): NodeName => {
  const slug = checker
    .toLowerCase()
    .replaceAll('_', '-')
    .replaceAll(/^-+|-+$/g, '');
  return NodeName.parse(slug === '' ? 'health' : slug);
};
