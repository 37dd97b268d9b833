import { DeliverPolicy, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { SpanContext } from '@opentelemetry/api';
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
import { consumeOptions } from './consume-options.ts';
import { Origins } from './origins.ts';
import { streamAwayWhenMissing } from './stream-away.ts';
import { receiving, senderIn } from './trace.ts';

/** How many commits one question to `config` asks for; it may answer with fewer. */
const pageSize = 2_000;
/** How many of them are asked for at a time. */
const pagesAhead = 3;
/** Further behind than this is a replay: a span for each of its commits would be a flood. */
const tracedBacklogMax = 64;

/** One reader's way to the book: the stream for news, `config` for what the stream does not hold. */
export class CommitFeed {
  private readonly log: LogName;
  private readonly origins = new Origins();

  constructor(
    private readonly connection: NatsConnection,
    private readonly config: ConfigClient,
    cluster: ClusterName,
  ) {
    this.log = clusterLog(cluster);
  }

  /** `config`'s word, or the stream's while `config` is silent. Throws `StreamAway`, or the client's error, when both are. */
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
      const { state } = await manager.streams.info(configStream).catch(streamAwayWhenMissing);
      return state.last_seq as Revision;
    }
  }

  /**
   * Commits after `after`, as they come. A stream that is being rebuilt delivers old ones again. Throws `StreamAway` when
   * the stream is gone, and the client's errors; may be called again then. Ends only when the caller ends it.
   */
  async *follow(after: Revision): AsyncGenerator<SealedCommit> {
    const consumer = await jetstream(this.connection)
      .consumers.get(configStream, { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: after + 1 })
      .catch(streamAwayWhenMissing);
    const messages = await consumer.consume({ ...consumeOptions, max_messages: 5_000 });
    try {
      for await (const message of messages) yield* this.taken(message);
    } catch (failure) {
      streamAwayWhenMissing(failure);
    } finally {
      messages.stop();
    }
  }

  /** What sent the commits after `after` up to `upTo`, as far as it was traced: what follows from them can link to it. */
  originsOf(after: Revision, upTo: Revision): readonly SpanContext[] {
    return this.origins.of(after, upTo);
  }

  /** The commit in `message`. What its reader does with it is a span, if it was sent from one. */
  private *taken(message: JsMsg): Generator<SealedCommit, void> {
    const sealed = sealedCommitIn(message.string(), message.headers?.get(hashHeader) ?? '');
    const sender = senderIn(message.headers);
    if (sender !== undefined) this.origins.note(sealed.commit.revision, sender);
    const isTraced = sender !== undefined && message.info.pending <= tracedBacklogMax;
    const span = isTraced ? receiving(message.subject, sender) : undefined;
    try {
      yield sealed;
    } finally {
      span?.end();
    }
  }

  /**
   * Commits after `after` up to `upTo`, from `config`, oldest first: far cheaper by the thousand than one message each.
   * The next pages are on their way while the caller takes one. Ends early when `config` is silent.
   */
  async *readPages(after: Revision, upTo: Revision): AsyncGenerator<readonly SealedCommit[]> {
    const coming: { readonly size: number; readonly page: Promise<readonly CommitOnWire[]> }[] = [];
    for (let asked: number = after; coming.length > 0 || asked < upTo;) {
      for (; coming.length < pagesAhead && asked < upTo; asked += pageSize) {
        const size = Math.min(pageSize, upTo - asked);
        const page = this.page(asked as Revision, size);
        page.catch(() => undefined); // the caller may not come for it any more
        coming.push({ size, page });
      }
      const { size = 0, page } = coming.shift() ?? {};
      const commits = (await page)?.map(({ body, hash }) => sealedCommitIn(body, hash)) ?? [];
      yield commits;
      if (commits.length < size) return; // what comes next would leave a gap
    }
  }

  /** The whole page, in several answers where one would grow too large; short of it when `config` falls silent. */
  private async page(after: Revision, size: number): Promise<readonly CommitOnWire[]> {
    const page: CommitOnWire[] = [];
    try {
      while (page.length < size) {
        const rest = { after: (after + page.length) as Revision, limit: size - page.length };
        const { commits } = await this.config.commits({ log: this.log, ...rest });
        if (commits.length === 0) break;
        page.push(...commits);
      }
    } catch (failure) {
      if (!(failure instanceof ConfigAway)) throw failure;
    }
    return page;
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
