import { type NatsConnection, RequestError, TimeoutError } from '@nats-io/transport-node';
import {
  type ClusterName,
  HaAnswer,
  haAskSubject,
  HaQuestion,
  HaStatus,
  haStatusesOf,
  haStatusSubject,
  haStatusWantedSubject,
  type NodeName,
} from '@evenkeel/contracts';
import { ConnectionWatch } from './connection.ts';
import { jsonIn, saidIn } from './said-in.ts';

/** What nodes say of who answers for the addresses. At most once: they repeat it, and the election does without. */
export class HaChannel {
  private readonly watch: ConnectionWatch;

  constructor(
    private readonly connection: NatsConnection,
    private readonly cluster: ClusterName,
  ) {
    this.watch = new ConnectionWatch(connection);
  }

  /** While the bus is away nothing is kept: a late status would only mislead. */
  publishStatus(status: HaStatus): void {
    if (this.watch.isConnected())
      this.connection.publish(haStatusSubject(this.cluster, status.node), JSON.stringify(status));
  }

  /** Calls `take` for every status that can be read, also of a newer node; returns how to stop. */
  onStatus(take: (status: HaStatus) => void): () => void {
    const subscription = this.connection.subscribe(haStatusesOf(this.cluster), {
      callback: (failure, message) => {
        const status = failure ? undefined : saidIn(HaStatus, message);
        if (status !== undefined) take(status);
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Asks every node for its status. Nobody answers for a node that is not there. */
  askForStatus(): void {
    this.connection.publish(haStatusWantedSubject(this.cluster));
  }

  /**
   * What `node` answers. `nobody-there`: it was not asked; so while the bus is away, where the question would be kept and asked
   * after this has given up. `unanswered`: it may have done it all the same.
   */
  async ask(node: NodeName, question: HaQuestion, waitMs: number): Promise<HaAnswer | 'nobody-there' | 'unanswered'> {
    if (!this.watch.isConnected()) return 'nobody-there';
    const subject = haAskSubject(this.cluster, node);
    try {
      const answer = await this.connection.request(subject, JSON.stringify(question), { timeout: waitMs });
      return saidIn(HaAnswer, answer) ?? 'unanswered';
    } catch (failure) {
      if (failure instanceof RequestError && failure.isNoResponders()) return 'nobody-there';
      if (failure instanceof RequestError || failure instanceof TimeoutError) return 'unanswered';
      throw failure;
    }
  }

  /** Answers for `node`. What `answer` leaves alone, or this version cannot read, nobody answers. */
  onAsked(node: NodeName, answer: (question: HaQuestion) => Promise<HaAnswer | undefined>): () => void {
    const subscription = this.connection.subscribe(haAskSubject(this.cluster, node), {
      callback: (failure, message) => {
        const question = failure ? undefined : HaQuestion.safeParse(jsonIn(message)).data;
        if (question === undefined) return;
        answer(question).then(
          (said) => void (said !== undefined && message.respond(JSON.stringify(said))),
          () => undefined, // silence is an answer that is awaited
        );
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Calls `tell` whenever somebody asks; returns how to stop. */
  onStatusAsked(tell: () => void): () => void {
    const subscription = this.connection.subscribe(haStatusWantedSubject(this.cluster), {
      callback: (failure) => {
        if (!failure) tell();
      },
    });
    return () => subscription.unsubscribe();
  }
}
