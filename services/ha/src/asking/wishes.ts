import type { HaAnswer, HaHandover, HaMaintenance, HaQuestion, NodeName } from '@evenkeel/contracts';
import {
  accountOf,
  type Effect,
  type ElectionAgent,
  foreseeMaintenance,
  type Heartbeat,
  judgeMakeActive,
} from '@evenkeel/election';
import type { MaintenanceNote } from './maintenance-note.ts';

export type WishesParts = {
  readonly agent: Pick<ElectionAgent, 'state' | 'give'>;
  readonly note: Pick<MaintenanceNote, 'current' | 'keep'>;
  /** Monotonic, in milliseconds. */
  readonly now: () => number;
  /** The wall clock, for the record. */
  readonly nowMs: () => number;
  readonly onFailure: (failure: unknown) => void;
};

type Answer = (answer: HaAnswer) => void;
type Pending = {
  readonly askedAt: number;
  readonly until: number;
  readonly from: NodeName | undefined;
  readonly answer: Answer;
};

/** The election gives a call up by itself after four times its dead time; what it has begun by then may come a little later. */
const callTimes = 4;
const lateMs = 100;

/** What operators want of this node: turned into events of its election, whose rules decide. */
export class Wishes {
  private pending: Pending[] = [];
  private keeping = Promise.resolve();
  /** When another node last said that it serves, and which. */
  private lastActive: { readonly node: NodeName; readonly at: number } | undefined;

  constructor(private readonly parts: WishesParts) {}

  /** As it was when this node last ran. Before the first tick. */
  resume(): void {
    if (this.parts.note.current !== undefined) this.parts.agent.give({ kind: 'maintenance', isOn: true });
  }

  /** `answer` is called once, at once or when it is known what came of it. */
  ask(question: HaQuestion, answer: Answer): void {
    const { wish } = question;
    if (wish.kind === 'make-active') return this.makeActive(question, answer);
    // Nothing is written for it, so it need not wait for a disk that hangs.
    if (question.dryRun) return answer(doneOf(this.foresee(wish.isOn)));
    // One after the other: what is on disk in the end is what was wanted last.
    this.keeping = this.keeping
      .then(() => this.maintenance(question, wish.isOn))
      .then(answer, (failure: unknown) => {
        this.parts.onFailure(failure);
        const detail = 'it cannot write down that it is in maintenance, or not any more: its log says why';
        answer({ kind: 'refused', refusal: { kind: 'not-able', detail } });
      });
  }

  hear({ node, role }: Heartbeat): void {
    if (role === 'active') this.lastActive = { node, at: this.parts.now() };
  }

  /** This node has taken the addresses: its kernel answers. */
  took(): void {
    const now = this.parts.now();
    for (const { askedAt, from, answer } of this.pending.splice(0)) {
      const handover = this.handover(askedAt, from, now);
      const sentence = `${this.node} serves the addresses, ${handover.tookMs} ms after it was asked for`;
      answer({ kind: 'done', changed: true, moves: from !== undefined, sentence, handover });
    }
  }

  /** Call it with every tick. */
  look(): void {
    const now = this.parts.now();
    const late = this.pending.filter(({ until }) => now >= until);
    if (late.length === 0) return;
    this.pending = this.pending.filter(({ until }) => now < until);
    const why = accountOf(this.parts.agent.state, now).whyStandby ?? 'it serves since this moment';
    for (const { askedAt, answer } of late) {
      answer({ kind: 'not-in-time', waitedMs: Math.round(now - askedAt), why });
    }
  }

  private get node(): NodeName {
    return this.parts.agent.state.settings.node;
  }

  private async maintenance({ actor, reason }: HaQuestion, isOn: boolean): Promise<HaAnswer> {
    const { agent, note, nowMs } = this.parts;
    const effect = this.foresee(isOn);
    // Also when nothing changes: a note that was refused when it was half written may be there.
    if (!isOn) await note.keep(undefined);
    else if (effect.changes) {
      const since = new Date(nowMs()).toISOString();
      const kept: HaMaintenance = { since, by: actor.name, ...(reason === undefined ? {} : { reason }) };
      await note.keep(kept); // on disk first: it outlives whatever happens next
    }
    if (effect.changes) agent.give({ kind: 'maintenance', isOn });
    return doneOf(effect);
  }

  private foresee(isOn: boolean): Effect {
    return foreseeMaintenance(this.parts.agent.state, isOn, this.parts.now());
  }

  private makeActive({ dryRun }: HaQuestion, answer: Answer): void {
    const { agent, note, now } = this.parts;
    const askedAt = now();
    const judged = judgeMakeActive(agent.state, askedAt);
    if (!judged.ok) {
      const { refusal } = judged;
      const maintenance = note.current;
      const isKept = refusal.kind === 'in-maintenance' && maintenance !== undefined;
      return answer({ kind: 'refused', refusal: isKept ? { ...refusal, maintenance } : refusal });
    }
    const { moves } = judged.value;
    if (dryRun) return answer(doneOf(judged.value));
    const until = askedAt + callTimes * agent.state.settings.times.deadMs + lateMs;
    const from = moves ? this.lastActive?.node : undefined;
    this.pending.push({ askedAt, until, from, answer });
    agent.give({ kind: 'make-active', force: false });
  }

  private handover(askedAt: number, from: NodeName | undefined, now: number): HaHandover {
    const { lastActive } = this;
    return {
      tookMs: Math.round(now - askedAt),
      ...(from === undefined || lastActive === undefined
        ? {}
        : { from, silentMsMost: Math.round(now - lastActive.at) }),
    };
  }
}

const doneOf = ({ changes, moves, sentence }: Effect): HaAnswer => ({
  kind: 'done',
  changed: changes,
  moves,
  sentence,
});
