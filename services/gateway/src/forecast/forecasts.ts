import type { ConfigClient, NodeChannel } from '@evenkeel/bus';
import { type Cluster, imagine } from '@evenkeel/cluster';
import type {
  ClusterCommand,
  ClusterEvent,
  Forecast,
  Hash,
  NodeForecast,
  NodeReport,
  RealServerId,
  Rehearsal,
  RehearsalAnswer,
  Trials,
  VerdictState,
} from '@evenkeel/contracts';
import { forecast, limitAboveNode, type Picture } from '@evenkeel/data-plane';
import { sha256 } from '@evenkeel/kernel/system';
import type { Asking } from '../book/asking.ts';
import type { ClusterView, LiveNode } from '../book/cluster-view.ts';
import type { Why } from '../book/writes.ts';
import { bookUnavailable } from '../problems/book-unavailable.ts';
import { problem, type ProblemException } from '../problems/problem-exception.ts';
import { refusalInList } from '../problems/refusal-in-list.ts';
import { refusalToProblem } from '../problems/refusal-to-problem.ts';

/** How long the answer waits for this gateway's own copy to reach the revision that was decided on. */
const ownCopyWithinMs = 1_000;
/** Somebody may write between the decision and the look at our own copy. */
const triesMax = 3;
/** `haproxy -c` takes its time with a large configuration. */
const trialWithinMs = 5_000;

type Refused = Extract<RehearsalAnswer, { kind: 'refused' }>;

/** What writes would do, on every live node. Nothing is done, and nothing is stored. */
export class Forecasts {
  constructor(
    private readonly config: Pick<ConfigClient, 'rehearse'>,
    private readonly view: Pick<ClusterView, 'clusterSince' | 'convergence' | 'liveNodes' | 'verdicts'>,
    private readonly nodes: Pick<NodeChannel, 'askForTrial'>,
  ) {}

  /** Throws the refusal as a problem, as the write itself would; `ConfigAway` when the book cannot be reached. */
  ofWrite(asking: Asking, command: ClusterCommand, why: Why): Promise<Forecast> {
    return this.of(asking, [command], why, ({ refusal }) => refusalToProblem(refusal));
  }

  /** Throws the first refusal as a problem that says which command; `ConfigAway` when the book cannot be reached. */
  ofList(asking: Asking, commands: readonly ClusterCommand[], why: Why): Promise<Forecast> {
    return this.of(asking, commands, why, ({ refusal, index }) => refusalInList(refusal, commands, index));
  }

  private async of(
    asking: Asking,
    commands: readonly ClusterCommand[],
    why: Why,
    problemOf: (refused: Refused) => ProblemException,
  ): Promise<Forecast> {
    for (let tries = 0; tries < triesMax; tries += 1) {
      const answer = await this.rehearse(asking, commands, why);
      if (answer.kind === 'refused') throw problemOf(answer);
      if (answer.kind === 'unavailable') throw bookUnavailable(answer.detail, answer.mayBeRecorded);
      const { rehearsal } = answer;
      const cluster = await this.view.clusterSince(rehearsal.revision, ownCopyWithinMs);
      if (cluster.revision === rehearsal.revision) return this.forecastOn(cluster, rehearsal);
    }
    const detail = 'The cluster changes faster than a forecast can be made. Nothing was changed by this request.';
    throw problem(503, 'book-moves', detail, undefined, { retryAfterSeconds: 1 });
  }

  private rehearse(
    { actor, preconditions: { ifMatch } }: Asking,
    commands: readonly ClusterCommand[],
    { reason, ticket }: Why,
  ): Promise<RehearsalAnswer> {
    return this.config.rehearse({
      commands: [...commands],
      actor,
      ...(reason === undefined ? {} : { reason }),
      ...(ticket === undefined ? {} : { ticket }),
      ...(ifMatch === undefined ? {} : { ifMatch }),
    });
  }

  private async forecastOn(cluster: Cluster, rehearsal: Rehearsal): Promise<Forecast> {
    const events = rehearsal.decisions.flatMap((decision) => decision.events);
    const after = imagine(cluster, events);
    const live = this.view.liveNodes().toSorted(byName);
    const nodes = live.map((node) => this.onNode(node, cluster, after, events));
    const { silent } = this.view.convergence(cluster.revision);
    const reports = live.map(({ report }) => report);
    const lint = [...rehearsal.lint, ...limitAboveNode(after, events, reports)];
    return { ...rehearsal, lint, dryRun: true, nodes: await Promise.all(nodes), silent };
  }

  private async onNode(
    { report, sample }: LiveNode,
    cluster: Cluster,
    after: Cluster,
    events: ClusterEvent[],
  ): Promise<NodeForecast> {
    const { node, layer4, haproxy } = report;
    const situation = { layer4, sample, addsCookies: haproxy?.addsCookies ?? false };
    const trial = this.nodes.askForTrial(node, { revision: cluster.revision, events }, trialWithinMs);
    const before: Picture = { cluster, verdicts: this.verdictsOn(report), node: { name: node, ...untold } };
    const told = forecast(before, { ...before, cluster: after }, situation, hash);
    return { ...told, trial: (await trial) ?? silence };
  }

  /** What a node goes by: the checkers' verdicts, but for those that it overrules while they are silent. */
  private verdictsOn({ verdicts }: NodeReport): ReadonlyMap<RealServerId, VerdictState> {
    const states = new Map([...this.view.verdicts()].map(([id, { state }]) => [id, state]));
    if (verdicts?.by === 'own-checks') {
      for (const { realServerId, state } of verdicts.overruled) states.set(realServerId, state);
    }
    return states;
  }
}

/** What a node does not tell is the same before and after, so that any value gives the same difference. */
const untold = { peers: [], maxSockets: 100_000 };

const why = `no answer within ${trialWithinMs / 1_000} s`;
const silence: Trials = { haproxy: { state: 'silent', why }, nftables: { state: 'silent', why } };

const hash = (text: string): Hash => sha256(text) as Hash;

const byName = (a: LiveNode, b: LiveNode): number => (a.report.node < b.report.node ? -1 : 1);
