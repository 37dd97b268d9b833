import type { HaChannel } from '@evenkeel/bus';
import { whyMissingBesideBook } from '@evenkeel/cluster';
import type {
  Actor,
  HaAnswer,
  HaDone,
  HaGroup,
  HaWish,
  MaintenanceBody,
  MakeActiveBody,
  NodeName,
} from '@evenkeel/contracts';
import type { ClusterView } from '../book/cluster-view.ts';
import { problem } from '../problems/problem-exception.ts';
import { refusalToProblem } from '../problems/refusal-to-problem.ts';
import { haRefusalToProblem } from './ha-refusal.ts';
import type { HaView } from './ha-view.ts';

/** Longer than a node takes to say that it did not come about. */
const answerMs = 6_000;

type Asked = {
  readonly node: NodeName;
  readonly group: string;
  readonly wish: HaWish;
  readonly dryRun: boolean;
  readonly actor: Actor;
  readonly why: Pick<MakeActiveBody, 'reason' | 'ticket'>;
};

/** What operators want of the election: asked of the node itself, whose rules decide. The node puts on record who wanted it. */
export class HaAsks {
  constructor(
    private readonly ha: Pick<HaView, 'picture'>,
    private readonly view: Pick<ClusterView, 'isReady' | 'cluster' | 'liveNodes'>,
    private readonly channel: Pick<HaChannel, 'ask'>,
  ) {}

  /** Throws the problem that is in the way. */
  makeActive({ node, group, ...why }: MakeActiveBody, actor: Actor, dryRun: boolean): Promise<HaDone> {
    return this.ask({ node, group: this.groupOf(group), wish: { kind: 'make-active' }, dryRun, actor, why });
  }

  maintenance({ node, group, on, ...why }: MaintenanceBody, actor: Actor, dryRun: boolean): Promise<HaDone> {
    const wish = { kind: 'maintenance', isOn: on } as const;
    return this.ask({ node, group: this.groupOf(group), wish, dryRun, actor, why });
  }

  private async ask(asked: Asked): Promise<HaDone> {
    const { node, group, wish, dryRun, actor, why } = asked;
    this.demandReason(why);
    const connections = this.connectionsThrough(group); // as long as they are there
    const question = { group, wish, dryRun, actor, ...why };
    const answer = await this.channel.ask(node, question, answerMs);
    if (typeof answer === 'string') throw this.noAnswer(asked, answer);
    const { changed, sentence, moves, handover } = doneIn(node, answer);
    return {
      ...{ node, group, dryRun, changed, sentence, breaksConnections: moves },
      ...(moves && connections !== undefined ? { connections } : {}),
      ...(handover === undefined ? {} : { handover }),
    };
  }

  /** Where the settings want one. A cluster whose book cannot be read must not be without its addresses for that. */
  private demandReason({ reason, ticket }: Asked['why']): void {
    if (!this.view.isReady()) return;
    const given = { hasReason: reason !== undefined, hasTicket: ticket !== undefined };
    const unexplained = whyMissingBesideBook(this.view.cluster(), given);
    if (unexplained !== undefined) throw refusalToProblem(unexplained);
  }

  private groupOf(named: string | undefined): string {
    const groups = this.ha.picture().groups.map(({ group }) => group);
    if (named !== undefined) return named;
    const [only] = groups;
    if (groups.length === 1 && only !== undefined) return only;
    const detail =
      groups.length === 0
        ? 'No node of the election has been heard yet.'
        : `There are several groups of addresses. Say which: ${groups.join(', ')}.`;
    throw groups.length === 0
      ? problem(503, 'no-ha-node', detail, undefined, { retryAfterSeconds: 2 })
      : problem(422, 'group-needed', detail, [{ pointer: '#/group', code: 'group-needed', detail }]);
  }

  /** By the last sample of the node that serves; layer 7 and 4, of the services at the addresses. */
  private connectionsThrough(name: string): number | undefined {
    const group = this.ha.picture().groups.find(({ group }) => group === name);
    const sample = this.view.liveNodes().find(({ report }) => report.node === group?.holder?.node)?.sample;
    if (group === undefined || sample === undefined || !this.view.isReady()) return undefined;
    const { virtualServices } = this.view.cluster();
    return sample.services
      .filter(({ id }) => group.addresses.includes(virtualServices.get(id)?.spec.address ?? ''))
      .reduce((sum, { connections }) => sum + connections, 0);
  }

  private noAnswer({ node, group, dryRun }: Asked, how: 'nobody-there' | 'unanswered') {
    const picture = this.ha.picture().groups.find((one) => one.group === group);
    const known = [...(picture?.nodes.map((one) => one.node) ?? []), ...(picture?.unheard ?? [])];
    if (!known.includes(node)) return unknownNode(node, group, known);
    const fate = how === 'nobody-there' || dryRun ? 'Nothing was changed.' : 'It may have been done: look at GET /ha.';
    const detail = `${node} did not answer: ${lastHeard(picture, node)} ${fate}`;
    return problem(503, 'node-not-heard', detail, undefined, { retryAfterSeconds: 2 });
  }
}

const lastHeard = (picture: HaGroup | undefined, node: NodeName): string => {
  const heard = picture?.nodes.find((one) => one.node === node);
  if (heard === undefined) return 'this gateway has never heard it.';
  if (heard.state === 'left') return 'it was stopped.';
  return `its last report is ${heard.ageMs} ms old. Its services/ha, or its connection to the bus, is away.`;
};

const unknownNode = (node: NodeName, group: string, known: readonly NodeName[]) => {
  const expected = known.length === 0 ? 'No node of it has been heard.' : `Its nodes: ${known.join(', ')}.`;
  const detail = `There is no node ${node} in the group ${group}. ${expected}`;
  return problem(404, 'unknown-node', detail, [{ pointer: '#/node', code: 'unknown-node', detail, expected }]);
};

const doneIn = (node: NodeName, answer: HaAnswer): Extract<HaAnswer, { kind: 'done' }> => {
  switch (answer.kind) {
    case 'done':
      return answer;
    case 'refused':
      throw haRefusalToProblem(node, answer.refusal);
    case 'not-in-time': {
      const detail = `${node} was called, and does not serve after ${answer.waitedMs} ms: ${answer.why}.`;
      throw problem(409, 'not-taken-over', detail);
    }
  }
};
