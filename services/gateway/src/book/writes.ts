import { type ConfigClient, activeTraceId, inSpan } from '@evenkeel/bus';
import type { Cluster } from '@evenkeel/cluster';
import type {
  ClusterCommand,
  CommandAnswer,
  CommandOutcome,
  Forecast,
  Revision,
  WriteAnswer,
  WriteQuery,
} from '@evenkeel/contracts';
import { limitAboveNode } from '@evenkeel/data-plane';
import { durationMs } from '@evenkeel/kernel';
import type { Forecasts } from '../forecast/forecasts.ts';
import { bookUnavailable } from '../problems/book-unavailable.ts';
import { refusalToProblem } from '../problems/refusal-to-problem.ts';
import type { ClusterView } from './cluster-view.ts';
import type { Asking } from './asking.ts';
import { withAdditions } from './with-additions.ts';

/** Why somebody asks. */
export type Why = { readonly reason?: string | undefined; readonly ticket?: string | undefined };

/** What a write answers: what it did, or with `dryRun` what it would do. */
export type Written = WriteAnswer | Forecast;

/** What a write answers with besides its commit. */
export type ResourceOf = (cluster: Cluster, outcome: CommandOutcome) => object | undefined;

/** How long a write waits for this gateway's own copy, so that the answer shows what was written. */
const ownCopyWithinMs = 1_000;

/** Sends wishes to `config` and turns what comes back into an answer. */
export class Writes {
  constructor(
    private readonly config: Pick<ConfigClient, 'command'>,
    private readonly view: ClusterView,
    private readonly forecasts: Pick<Forecasts, 'ofWrite'>,
  ) {}

  /** Throws the refusal as a problem, `ConfigAway` when the book cannot be reached. */
  async submit(asking: Asking, command: ClusterCommand, why: Why, resourceOf: ResourceOf): Promise<Written> {
    if (asking.query.dryRun) return this.forecasts.ofWrite(asking, command, why);
    return inSpan(`command ${command.kind}`, async () => {
      const answer = await this.ask(asking, command, why);
      if (answer.kind === 'refused') throw refusalToProblem(answer.refusal);
      if (answer.kind === 'unavailable') throw bookUnavailable(answer.detail, answer.mayBeRecorded);
      return this.tell(answer.outcome, asking, resourceOf);
    });
  }

  private ask({ actor, preconditions }: Asking, command: ClusterCommand, why: Why): Promise<CommandAnswer> {
    const traceId = activeTraceId();
    return this.config.command({
      command,
      actor,
      ...(why.reason === undefined ? {} : { reason: why.reason }),
      ...(why.ticket === undefined ? {} : { ticket: why.ticket }),
      ...preconditions,
      ...(traceId === undefined ? {} : { traceId }),
    });
  }

  private async tell(outcome: CommandOutcome, { actor, query }: Asking, resourceOf: ResourceOf): Promise<WriteAnswer> {
    const { revision, changed, events, review, summary, lint } = outcome;
    const cluster = await this.view.clusterSince(revision, ownCopyWithinMs);
    const isBehind = cluster.revision < revision;
    const occasion = { revision, time: new Date().toISOString(), actor };
    const resource = resourceOf(isBehind ? withAdditions(cluster, events, occasion) : cluster, outcome);
    return {
      revision,
      changed,
      commit: commitPath(revision),
      ...(resource === undefined ? {} : { resource: resource as WriteAnswer['resource'] }),
      ...(review === undefined ? {} : { review }),
      ...(summary === undefined ? {} : { summary }),
      lint: [...lint, ...limitAboveNode(cluster, outcome.events, this.view.observed().reports)],
      convergence: await this.convergence(revision, query),
    };
  }

  private async convergence(revision: Revision, { wait, timeout }: WriteQuery): Promise<WriteAnswer['convergence']> {
    return wait === undefined
      ? this.view.convergence(revision)
      : this.view.converged(revision, durationMs(timeout) ?? 0);
  }
}

export const commitPath = (revision: Revision): string => `/api/v1/commits/${revision}`;
