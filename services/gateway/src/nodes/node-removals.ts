import type { Journal, NodeBucket } from '@evenkeel/bus';
import { whyMissingBesideBook } from '@evenkeel/cluster';
import type { Actor, JournalRecord, NodeDeleteQuery, NodeName, NodeRemoval } from '@evenkeel/contracts';
import { type ForgetRefusal, judgeForgetting } from '@evenkeel/data-plane';
import type { Clock } from '@evenkeel/kernel';
import { newId } from '@evenkeel/kernel/system';
import type { ClusterView } from '../book/cluster-view.ts';
import { journalAway } from '../problems/journal-away.ts';
import { problem, type ProblemException } from '../problems/problem-exception.ts';
import { refusalToProblem } from '../problems/refusal-to-problem.ts';

/** A node that lives answers at once; this gateway may have been started a moment ago. */
const answerMs = 1_000;

/**
 * Forgets nodes that are gone for good. Nothing of it is in the book: nodes are not configuration, and come and go without
 * `config`. Who has done it, and why, is in the journal before it is done.
 */
export class NodeRemovals {
  constructor(
    private readonly view: ClusterView,
    private readonly bucket: Pick<NodeBucket, 'has' | 'forget'>,
    private readonly journal: Pick<Journal, 'append'>,
    private readonly clock: Clock,
  ) {}

  /** Throws the problem that is in the way. */
  async forget(node: NodeName, actor: Actor, { dryRun, reason, ticket }: NodeDeleteQuery): Promise<NodeRemoval> {
    const unexplained = whyMissingBesideBook(this.view.cluster(), {
      hasReason: reason !== undefined,
      hasTicket: ticket !== undefined,
    });
    if (unexplained !== undefined) throw refusalToProblem(unexplained);
    const isMember = await this.bucket.has(node).catch(nodesAway);
    await this.view.hearNode(node, answerMs);
    const judged = judgeForgetting(node, this.view.fleet(), isMember, this.clock.monotonicMs());
    if (!judged.ok) throw refused(judged.refusal);
    const removal = { node, dryRun, ...judged.value };
    if (dryRun) return removal;
    const record = this.recordOf(node, { actor, reason, ticket });
    // In this order: what was done is on record, whatever crashes between the two. Both may be repeated.
    await this.journal.append(record).catch(journalAway);
    await this.bucket.forget(node).catch(nodesAway);
    this.view.forgetNode(node);
    return { ...removal, journal: record.id };
  }

  private recordOf(
    node: NodeName,
    { actor, reason, ticket }: Pick<Forgotten, 'actor' | 'reason' | 'ticket'>,
  ): Forgotten {
    return {
      kind: 'node-forgotten',
      id: `forgotten:${newId()}`,
      time: new Date(this.clock.nowMs()).toISOString(),
      node,
      sentence: `${actor.name} has said that ${node} is gone for good${reason === undefined ? '' : `: ${reason}`}`,
      entities: [],
      actor,
      ...(reason === undefined ? {} : { reason }),
      ...(ticket === undefined ? {} : { ticket }),
    };
  }
}

type Forgotten = Extract<JournalRecord, { kind: 'node-forgotten' }>;

const refused = (refusal: ForgetRefusal): ProblemException => {
  const { node } = refusal;
  if (refusal.kind === 'node-is-live') {
    const detail = `${node} is live, and would be a member again within a second. Stop its worker first, then forget it.`;
    return problem(409, refusal.kind, detail);
  }
  const known = refusal.known.length === 0 ? 'No node has reported.' : `Known: ${refusal.known.join(', ')}.`;
  return problem(404, refusal.kind, `There is no node ${node}. ${known}`);
};

/** 503: NATS, which keeps the list of nodes, does not answer. Whatever was asked may be asked again. */
const nodesAway = (cause: unknown): never => {
  const why = cause instanceof Error ? ` (${cause.message})` : '';
  const detail = `The list of nodes is out of reach: the bus does not answer${why}. Ask again.`;
  throw problem(503, 'nodes-unavailable', detail, undefined, { retryAfterSeconds: 2 });
};
