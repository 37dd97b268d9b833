import { type NatsConnection, RequestError, TimeoutError } from '@nats-io/transport-node';
import {
  type ClusterName,
  type NodeName,
  NodeReport,
  NodeSample,
  reportsOf,
  reportSubject,
  reportsWantedSubject,
  sampleSubject,
  samplesOf,
  TrialRequest,
  Trials,
  trialSubject,
} from '@evenkeel/contracts';
import type * as z from 'zod';
import { jsonIn, saidIn } from './said-in.ts';

/** What nodes say about themselves, at most once: they repeat it, so a lost message heals in a second. */
export class NodeChannel {
  constructor(
    private readonly connection: NatsConnection,
    private readonly cluster: ClusterName,
  ) {}

  publishReport(report: NodeReport): void {
    this.connection.publish(reportSubject(this.cluster, report.node), JSON.stringify(report));
  }

  publishSample(sample: NodeSample): void {
    this.connection.publish(sampleSubject(this.cluster, sample.node), JSON.stringify(sample));
  }

  /** Calls `take` for every report that can be read, also of a newer worker; returns how to stop. */
  onReport(take: (report: NodeReport) => void): () => void {
    return this.on(reportsOf(this.cluster), NodeReport, take);
  }

  onSample(take: (sample: NodeSample) => void): () => void {
    return this.on(samplesOf(this.cluster), NodeSample, take);
  }

  /** Asks every node for a report. Nobody answers for a node that is not there. */
  askForReports(): void {
    this.connection.publish(reportsWantedSubject(this.cluster));
  }

  /** Calls `report` whenever somebody asks; returns how to stop. */
  onAsked(report: () => void): () => void {
    const subscription = this.connection.subscribe(reportsWantedSubject(this.cluster), {
      callback: (failure) => {
        if (!failure) report();
      },
    });
    return () => subscription.unsubscribe();
  }

  /** How `node` judges what it does not run yet; undefined when it is silent for `waitMs`, or does not know the question. */
  async askForTrial(node: NodeName, request: TrialRequest, waitMs: number): Promise<Trials | undefined> {
    const subject = trialSubject(this.cluster, node);
    try {
      const answer = await this.connection.request(subject, JSON.stringify(request), { timeout: waitMs });
      return saidIn(Trials, answer);
    } catch (failure) {
      if (failure instanceof RequestError || failure instanceof TimeoutError) return undefined;
      throw failure;
    }
  }

  /** Answers for `node` with what `judge` says; a question that this version cannot read is left alone. */
  onTrialAsked(node: NodeName, judge: (request: TrialRequest) => Promise<Trials>): () => void {
    const subscription = this.connection.subscribe(trialSubject(this.cluster, node), {
      callback: (failure, message) => {
        const question = failure ? undefined : TrialRequest.safeParse(jsonIn(message)).data;
        if (question === undefined) return;
        // Whoever asks is told nothing when this node cannot judge: silence is an answer that is awaited.
        judge(question).then(
          (trials) => message.respond(JSON.stringify(trials)),
          () => undefined,
        );
      },
    });
    return () => subscription.unsubscribe();
  }

  private on<Schema extends z.ZodType>(
    subject: string,
    schema: Schema,
    take: (news: z.infer<Schema>) => void,
  ): () => void {
    const subscription = this.connection.subscribe(subject, {
      callback: (failure, message) => {
        if (failure) return;
        const news = saidIn(schema, message); // another version may say more than ours knows
        if (news !== undefined) take(news);
      },
    });
    return () => subscription.unsubscribe();
  }
}
