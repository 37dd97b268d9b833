import { DeliverPolicy, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  clusterLog,
  type ClusterName,
  type ClusterSnapshot,
  type CommitOnWire,
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

  /**
   * Commits after `after` up to `upTo`, from `config`, oldest first: far cheaper by the thousand than one message each. The
   * next page is asked for while the caller takes this one. Ends early when `config` is silent.
   */
  async *readPages(after: Revision, upTo: Revision): AsyncGenerator<readonly SealedCommit[]> {
    let coming = this.page(after, upTo);
    for (let page = await coming; page.length > 0; page = await coming) {
      const commits = page.map(({ body, hash }) => sealedCommitIn(body, hash));
      coming = this.page(commits.at(-1)?.commit.revision ?? upTo, upTo);
      yield commits;
    }
  }

  private async page(after: Revision, upTo: Revision): Promise<readonly CommitOnWire[]> {
    const limit = Math.min(pageSize, upTo - after);
    if (limit <= 0) return [];
    try {
      return (await this.config.commits({ log: this.log, after, limit })).commits;
    } catch (failure) {
      if (failure instanceof ConfigAway) return [];
      throw failure;
    }
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
