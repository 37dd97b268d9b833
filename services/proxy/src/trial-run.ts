import { type Cluster, imagine } from '@evenkeel/cluster';
import type { Hash, Layer4Ability, RealServerId, Trial, TrialRequest, Trials, VerdictState } from '@evenkeel/contracts';
import { diffLayer4, filesOf, Layer7Wishes, type NodeFacts, type Picture, wantedLayer4 } from '@evenkeel/data-plane';
import type { HaproxyProcess } from '@evenkeel/haproxy';
import type { Clock } from '@evenkeel/kernel';
import type { KernelNftables } from '@evenkeel/nftables';

export type TrialRunParts = {
  readonly node: NodeFacts;
  /** What this node has read of the book. */
  readonly cluster: () => Cluster | undefined;
  readonly verdicts: () => ReadonlyMap<RealServerId, VerdictState>;
  readonly layer4: () => Layer4Ability;
  readonly haproxy: Pick<HaproxyProcess, 'wordsAgainst'>;
  /** One for each family. */
  readonly kernels: readonly Pick<KernelNftables, 'family' | 'observe' | 'wordsAgainst'>[];
  /** SHA-256. */
  readonly hash: (text: string) => Hash;
  readonly clock: Clock;
  /** Told when an engine could not be asked; whoever wanted to know is told as well. */
  readonly onFailure: (failure: unknown) => void;
};

/** The asker has read a revision that may still be on its way to this node. */
const patienceMs = 500;
const lookMs = 20;

/**
 * Asks this node's own HAProxy and kernel whether they would take a configuration that nobody has ordered yet. Changes
 * nothing. One trial at a time: each starts a program, and traffic comes first.
 */
export class TrialRun {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: TrialRunParts) {}

  judge(request: TrialRequest): Promise<Trials> {
    const trials = this.last.then(() => this.judgeNow(request));
    this.last = trials.catch(() => undefined);
    return trials;
  }

  private async judgeNow({ revision, events }: TrialRequest): Promise<Trials> {
    const cluster = await this.clusterAt(revision);
    if (cluster?.revision !== revision) {
      const trial = notAsked(`this node has read revision ${cluster?.revision ?? 0}, and not ${revision}`);
      return { haproxy: trial, nftables: trial };
    }
    const { node, verdicts } = this.parts;
    const before: Picture = { node, cluster, verdicts: verdicts() };
    const after: Picture = { ...before, cluster: imagine(cluster, events) };
    const [haproxy, nftables] = await Promise.all([
      this.asked(() => this.askHaproxy(before, after)),
      this.asked(() => this.askKernel(before, after)),
    ]);
    return { haproxy, nftables };
  }

  private async clusterAt(revision: number): Promise<Cluster | undefined> {
    const { cluster, clock } = this.parts;
    for (let waitedMs = 0; waitedMs < patienceMs && (cluster()?.revision ?? -1) < revision; waitedMs += lookMs) {
      await clock.rest(lookMs).over;
    }
    return cluster();
  }

  private async askHaproxy(before: Picture, after: Picture): Promise<Trial> {
    const wishes = new Layer7Wishes(this.parts.hash);
    const served = wishes.of(before).wanted;
    const { wanted } = wishes.of(after);
    if (textOf(served.pieces) === textOf(wanted.pieces)) return notAsked('nothing changes in haproxy.cfg');
    return verdictOf(await this.parts.haproxy.wordsAgainst(filesOf(wanted).configuration));
  }

  private async askKernel(before: Picture, after: Picture): Promise<Trial> {
    const ability = this.parts.layer4();
    if (ability.state === 'refused') return notAsked(`this node cannot serve layer 4: ${ability.words}`);
    const answers: (string | undefined)[] = [];
    for (const kernel of this.parts.kernels) {
      const [served, wanted] = [wantedLayer4(before, kernel.family), wantedLayer4(after, kernel.family)];
      if (textOf(served.text) === textOf(wanted.text)) continue;
      const { transaction } = diffLayer4(wanted.ruleset, await kernel.observe());
      answers.push(await kernel.wordsAgainst(transaction));
    }
    if (answers.length === 0) return notAsked('nothing changes in the table');
    const words = answers.filter((answer) => answer !== undefined);
    return verdictOf(words.length === 0 ? undefined : words.join('; '));
  }

  /** An engine that cannot be asked says nothing about the other one. */
  private async asked(ask: () => Promise<Trial>): Promise<Trial> {
    try {
      return await ask();
    } catch (failure) {
      this.parts.onFailure(failure);
      return notAsked(failure instanceof Error ? failure.message : String(failure));
    }
  }
}

const textOf = (pieces: readonly string[]): string => pieces.join('');

const notAsked = (why: string): Trial => ({ state: 'not-asked', why });

const verdictOf = (words: string | undefined): Trial =>
  words === undefined ? { state: 'accepted' } : { state: 'refused', words };
