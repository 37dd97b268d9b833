import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  clusterLog,
  type ClusterName,
  type ClusterSnapshot,
  configStream,
  hashHeader,
  type LogName,
  type Revision,
  type SealedCommit,
} from '@evenkeel/contracts';
import { ConfigAway, type ConfigClient } from './config-client.ts';
import { sealedCommitIn } from './config-stream.ts';

/** How many commits one question to `config` asks for; it may answer with fewer. */
const pageSize = 2_000;

/** One reader's way to the book: the stream for news, `config` for what the stream does not hold. */
export class CommitFeed {
  private readonly log: LogName;

  constructor(
    private readonly connection: NatsConnection,
    private readonly config: ConfigClient,
    cluster: ClusterName,
  ) {
    this.log = clusterLog(cluster);
  }

  /** `config`'s word, or the stream's while `config` is silent. Throws the client's error when both are. */
  async newestRevision(): Promise<Revision> {
    try {
      const { head } = await this.config.commits({
        log: this.log,
        after: Number.MAX_SAFE_INTEGER as Revision,
        limit: 1,
      });
      return head;
    } catch (failure) {
      if (!(failure instanceof ConfigAway)) throw failure;
      const manager = await jetstreamManager(this.connection, { checkAPI: false });
      return (await manager.streams.info(configStream)).state.last_seq as Revision;
    }
  }

  /**
   * Commits after `after`, as they come. A stream that is being rebuilt delivers old ones again. Throws when the stream
   * is gone; may be called again then. Ends only when the caller ends it.
   */
  async *follow(after: Revision): AsyncGenerator<SealedCommit> {
    const consumer = await jetstream(this.connection).consumers.get(configStream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: after + 1,
    });
    const messages = await consumer.consume({ max_messages: 5_000, abort_on_missing_resource: true });
    try {
      for await (const message of messages)
        yield sealedCommitIn(message.string(), message.headers?.get(hashHeader) ?? '');
    } finally {
      messages.stop();
    }
  }

  /** Commits after `after` up to `upTo`, from `config`, oldest first. Throws `ConfigAway`. */
  async readAfter(after: Revision, upTo: Revision = Number.MAX_SAFE_INTEGER as Revision): Promise<SealedCommit[]> {
    const read: SealedCommit[] = [];
    for (let last = after; last < upTo;) {
      const { commits } = await this.config.commits({ log: this.log, after: last, limit: pageSize });
      const page = commits.map(({ body, hash }) => sealedCommitIn(body, hash));
      read.push(...page.filter(({ commit }) => commit.revision <= upTo));
      if (page.length === 0) break;
      last = page.at(-1)?.commit.revision ?? last;
    }
    return read;
  }

  /** The newest stored snapshot; undefined when there is none or `config` is silent: the stream then tells everything. */
  async snapshot(): Promise<ClusterSnapshot | undefined> {
    try {
      return (await this.config.snapshot({ log: this.log })).snapshot ?? undefined;
    } catch (failure) {
      if (failure instanceof ConfigAway) return undefined;
      throw failure;
    }
  }
}
