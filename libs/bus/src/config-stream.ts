import {
  DiscardPolicy,
  JetStreamApiError,
  jetstream,
  jetstreamManager,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import {
  type ClusterName,
  configStream,
  configSubject,
  type Hash,
  hashHeader,
  type Revision,
  type SealedCommit,
} from '@evenkeel/contracts';
import type { SpanContext } from '@opentelemetry/api';
import { sending, somewhereIn } from './trace.ts';

/** NATS server error codes that this file understands. Source: nats-server `server/errors.json`. */
const streamNotFound = 10_059;
const wrongLastSequence = 10_071;

/** The span that a commit came from, if it is still known. Its trace is in the commit. */
export type SpanOf = (commit: SealedCommit['commit']) => SpanContext | undefined;

/**
 * The stream of commits of one cluster, as its writer sees it. The stream sequence IS the revision: each publish says
 * which sequence it expects before it, so that several writers cannot double or reorder anything, and a stream that was
 * deleted is simply written again from revision 1.
 */
export class ConfigStream {
  private constructor(
    private readonly manager: JetStreamManager,
    private readonly client: JetStreamClient,
    private readonly cluster: ClusterName,
    private readonly spanOf: SpanOf,
  ) {}

  /** Publications follow `spanOf` their commit. */
  static async open(
    connection: NatsConnection,
    cluster: ClusterName,
    spanOf: SpanOf = () => undefined,
  ): Promise<ConfigStream> {
    // No check at the start: the server may come up later than we do. A question lost in a reconnection is asked again soon.
    const options = { checkAPI: false, timeout: 2_000 };
    const [manager, client] = [await jetstreamManager(connection, options), jetstream(connection, options)];
    return new ConfigStream(manager, client, cluster, spanOf);
  }

  /** Newest revision in the stream, 0 when it is empty or was deleted; makes it then. Throws the client's errors. */
  async lastRevision(): Promise<Revision> {
    const info = await this.manager.streams.info(configStream).catch(undefinedWhen(streamNotFound));
    if (info !== undefined) return info.state.last_seq as Revision;
    const made = await this.manager.streams.add({
      name: configStream,
      subjects: [configSubject(this.cluster)],
      description: 'Commits of the book. Written by the relay only; rebuilt from Postgres when deleted.',
      discard: DiscardPolicy.New,
      allow_direct: true,
    });
    return made.state.last_seq as Revision;
  }

  /**
   * Resolves when JetStream holds all of `commits`, which must be in order. `moved`: the stream's end was not the
   * revision before the first one, because somebody else wrote it or it was deleted: ask `lastRevision` and go on there.
   * Throws the client's errors when NATS is silent; safe to repeat.
   */
  async publish(commits: readonly SealedCommit[]): Promise<'published' | 'moved'> {
    const subject = configSubject(this.cluster);
    const outcomes = await Promise.allSettled(
      commits.map(({ commit, body, hash }) => {
        const send = async (headers: MsgHdrs): Promise<void> => {
          headers.set(hashHeader, hash);
          const msgID = `${commit.log}:${commit.revision}`;
          await this.client.publish(subject, body, { msgID, headers, expect: { lastSequence: commit.revision - 1 } });
        };
        return sending(subject, send, this.placeOf(commit));
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed === undefined) return 'published';
    if (isApiError(failed.reason, wrongLastSequence)) return 'moved';
    throw failed.reason;
  }

  /** In the trace of the command, also when another process stored it: a relay's own round is no part of any. */
  private placeOf(commit: SealedCommit['commit']): SpanContext | 'none' {
    return this.spanOf(commit) ?? (commit.traceId === undefined ? 'none' : somewhereIn(commit.traceId));
  }
}

/** The commit in one message, as it was sealed. The reader checks the hash. */
export const sealedCommitIn = (body: string, hash: string): SealedCommit => ({
  commit: JSON.parse(body) as SealedCommit['commit'],
  body,
  hash: hash as Hash,
});

const isApiError = (failure: unknown, code: number): boolean =>
  failure instanceof JetStreamApiError && failure.code === code;

const undefinedWhen =
  (code: number) =>
  (failure: unknown): undefined => {
    if (!isApiError(failure, code)) throw failure;
  };
