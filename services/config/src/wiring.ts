import { ConfigStream, VerdictBucket, VerdictMirror } from '@evenkeel/bus';
import { emptyCluster, evolve, fromSnapshot, toSnapshot, type Cluster } from '@evenkeel/cluster';
import type { CommitLog } from '@evenkeel/commit-log';
import { clusterLog, type CommitId, type Revision } from '@evenkeel/contracts';
import { type Clock, Loop } from '@evenkeel/kernel';
import { newId, sha256 } from '@evenkeel/kernel/system';
import { GroupCommitter, Relay, writerLimits } from '@evenkeel/ledger';
import type { NatsConnection } from '@nats-io/transport-node';
import { Archive } from './book/archive.ts';
import { Book, type Writer } from './book/book.ts';
import { decideWish, type Surroundings } from './book/decide-wish.ts';
import { Histories } from './book/histories.ts';
import { Snapshots } from './book/snapshots.ts';
import type { ConfigSettings } from './settings.ts';

export type Parts = { readonly book: Book; readonly archive: Archive; run(): void; stop(): void };

/** Failed rounds are tried again soon at first, then less often. */
const patience = { retryMinMs: 50, retryMaxMs: 2_000 };

/** The parts of `config` in the order in which data flows. */
export const wire = async (
  settings: ConfigSettings,
  log: CommitLog,
  connection: NatsConnection,
  clock: Clock,
  onFailure: (failure: unknown) => void,
): Promise<Parts> => {
  const name = clusterLog(settings.cluster);
  // Reads the verdict bucket: "available" needs to know who is down.
  const verdicts = new VerdictMirror(new VerdictBucket(connection));
  // Reads the log.
  const archive = new Archive(log);
  const histories = new Histories(archive, name);
  const surroundings = surroundingsOf(settings, verdicts, histories);
  // Reads and writes the log.
  const writer = await openWriter(settings, log, surroundings, clock);
  // Reads the log; writes the stream, which it makes when it is missing.
  const relay = new Relay(name, log, await ConfigStream.open(connection, settings.cluster), clock);
  // Reads what the writer folded; writes snapshots.
  const snapshots = new Snapshots(log, name, settings.snapshotEvery);

  const options = { ...patience, onFailure };
  const relaying = new Loop(() => relay.carry(), { ...options, sweepMs: 1_000 }, clock);
  const reading = new Loop(() => writer.catchUp(), { ...options, sweepMs: 60_000 }, clock);
  const watching = new Loop(() => verdicts.follow(() => undefined), { ...options, sweepMs: 0 }, clock);
  const forgetting = new Loop(() => forgetOldAnswers(log, clock), { ...options, sweepMs: hourMs }, clock);
  const snapping = new Loop(() => snapshots.store(toSnapshot(writer.state())), { ...options, sweepMs: 60_000 }, clock);

  const loops = [reading, relaying, watching, snapping, forgetting];

  writer.onAppended((sealed) => {
    relay.offer(sealed);
    relaying.wake();
    if (snapshots.isDue(writer.state().revision)) snapping.wake();
  });
  const unfollow = log.follow((news) => {
    if (news === 'connected') reading.wake();
    else void readUnlessOurs(news.revision);
  });
  // News of our own append come at the same time as its answer: only what is still new a moment later is another's.
  const readUnlessOurs = async (revision: Revision): Promise<void> => {
    await clock.rest(ownAnswerMs).over;
    if (revision > writer.state().revision) reading.wake();
  };
  return {
    book: new Book(writer, histories, surroundings),
    archive,
    run: () => loops.forEach((loop) => void loop.run()),
    stop: () => {
      loops.forEach((loop) => loop.stop());
      unfollow();
    },
  };
};

/** Callers on the bus wait for eight seconds: they must learn before that why nothing was written. */
const giveUpMs = 3_000;

/** Far longer than the answer to an append is behind the news of it. */
const ownAnswerMs = 20;

const hourMs = 3_600_000;

/** The answer to an Idempotency-Key is kept for a day. */
const forgetOldAnswers = async (log: CommitLog, clock: Clock): Promise<void> => {
  await log.forgetAnswers(new Date(clock.nowMs() - 24 * hourMs));
};

const surroundingsOf = (
  { cluster, reservedPorts }: ConfigSettings,
  verdicts: VerdictMirror,
  histories: Histories,
): Surroundings => ({
  clusterName: cluster,
  verdicts: () => verdicts.current(),
  newId,
  reservedPorts: new Map(Object.entries(reservedPorts).map(([port, usedFor]) => [Number(port), usedFor])),
  historyOf: (command) => histories.of(command),
});

const openWriter = async (
  { cluster }: ConfigSettings,
  logPort: CommitLog,
  surroundings: Surroundings,
  clock: Clock,
): Promise<Writer> => {
  const log = clusterLog(cluster);
  const snapshot = await logPort.latestSnapshot(log);
  const state: Cluster = snapshot === undefined ? emptyCluster : fromSnapshot(snapshot);
  const writer: Writer = new GroupCommitter({
    log,
    logPort,
    decide: decideWish(surroundings),
    evolve,
    initial: { state, revision: state.revision, hash: state.hash },
    clock,
    newCommitId: () => newId() as CommitId,
    sha256,
    limits: { ...writerLimits, giveUpMs },
  });
  await writer.catchUp();
  return writer;
};
