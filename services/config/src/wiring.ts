import { ConfigStream, inSpanSync, VerdictBucket, VerdictMirror } from '@evenkeel/bus';
import { emptyCluster, evolve, fromSnapshot, toSnapshot, type Cluster } from '@evenkeel/cluster';
import type { CommitLog } from '@evenkeel/commit-log';
import { clusterLog, type CommitId, type Revision } from '@evenkeel/contracts';
import { type Clock, Loop } from '@evenkeel/kernel';
import { newId, sha256 } from '@evenkeel/kernel/system';
import { GroupCommitter, Relay, writerLimits } from '@evenkeel/ledger';
import { type Observed, wordsOf } from '@evenkeel/telemetry';
import type { NatsConnection } from '@nats-io/transport-node';
import { Archive } from './book/archive.ts';
import { Book, type Writer } from './book/book.ts';
import { type DecideWish, decideWish, type Surroundings } from './book/decide-wish.ts';
import { Histories } from './book/histories.ts';
import { Snapshots } from './book/snapshots.ts';
import { absenceEnderOn, drainEnderOn } from './drains/end-drains.ts';
import { CommandWatch } from './observing/command-watch.ts';
import { observeConfig } from './observing/observe-config.ts';
import { ObservedLog } from './observing/observed-log.ts';
import { RelayWatch } from './observing/relay-watch.ts';
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
  observed: Observed,
): Promise<Parts> => {
  const name = clusterLog(settings.cluster);
  // Reads the verdict bucket: "available" needs to know who is down.
  const verdicts = new VerdictMirror(new VerdictBucket(connection));
  // Hears of every command, and knows its trace when it is stored and published.
  const commands = new CommandWatch(clock);
  // Reads the log.
  const archive = new Archive(log);
  const histories = new Histories(archive, name);
  const surroundings = surroundingsOf(settings, verdicts, histories, clock);
  // Reads and writes the log.
  const writer = await openWriter(settings, log, surroundings, commands, clock);
  // Reads the log; writes the stream, which it makes when it is missing.
  const stream = await ConfigStream.open(connection, settings.cluster, (commit) => commands.spanOfCommit(commit));
  const relayWatch = new RelayWatch(stream, () => writer.state().revision, clock);
  const relay = new Relay(name, log, relayWatch, clock);
  // Reads what the writer folded, and the verdicts; writes the log.
  const drains = drainEnderOn({
    writer,
    surroundings,
    knowsVerdicts: () => verdicts.hasCaughtUp(),
    onHeldUp: (words) => observed.log.error(words),
    clock,
  });
  const absences = absenceEnderOn({ writer, clock });
  // Reads what the writer folded; writes snapshots.
  const snapshots = new Snapshots(log, name, settings.snapshotEvery);

  const onFailure = (failure: unknown): void => observed.log.warn(wordsOf(failure));
  const options = { ...patience, onFailure };
  const relaying = new Loop(() => relay.carry(), { ...options, sweepMs: 1_000 }, clock);
  const reading = new Loop(() => writer.catchUp(), { ...options, sweepMs: 60_000 }, clock);
  const watching = new Loop(() => verdicts.follow(() => undefined), { ...options, sweepMs: 0 }, clock);
  const forgetting = new Loop(() => forgetOldAnswers(log, clock), { ...options, sweepMs: hourMs }, clock);
  const snapping = new Loop(() => snapshots.store(toSnapshot(writer.state())), { ...options, sweepMs: 60_000 }, clock);

  const ending = new Loop(() => drains.round(), { ...options, sweepMs: 1_000 }, clock);
  const returning = new Loop(() => absences.round(), { ...options, sweepMs: 1_000 }, clock);

  const loops = [reading, relaying, watching, snapping, forgetting, ending, returning];

  writer.onAppended((sealed) => {
    relayWatch.bookGrew();
    relay.offer(sealed);
    relaying.wake();
    if (snapshots.isDue(writer.state().revision)) snapping.wake();
  });
  let isPostgresThere = false;
  const unfollow = log.follow((news) => {
    if (typeof news === 'object') return void readUnlessOurs(news.revision);
    isPostgresThere = news === 'connected';
    if (isPostgresThere) reading.wake();
  });
  // News of our own append come at the same time as its answer: only what is still new a moment later is another's.
  const readUnlessOurs = async (revision: Revision): Promise<void> => {
    await clock.rest(ownAnswerMs).over;
    if (revision > writer.state().revision) reading.wake();
  };
  const unobserve = observeConfig(observed, {
    connection,
    relay: relayWatch,
    isPostgresThere: () => isPostgresThere,
    heldUpDrains: () => drains.heldUp,
  });
  return {
    book: new Book(writer, histories, commands, surroundings),
    archive,
    run: () => loops.forEach((loop) => void loop.run()),
    stop: () => {
      loops.forEach((loop) => loop.stop());
      unfollow();
      unobserve();
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
  clock: Clock,
): Surroundings => ({
  clusterName: cluster,
  verdicts: () => verdicts.current(),
  newId,
  nowMs: () => clock.nowMs(),
  reservedPorts: new Map(Object.entries(reservedPorts).map(([port, usedFor]) => [Number(port), usedFor])),
  historyOf: (command) => histories.of(command),
});

const openWriter = async (
  { cluster }: ConfigSettings,
  commitLog: CommitLog,
  surroundings: Surroundings,
  commands: CommandWatch,
  clock: Clock,
): Promise<Writer> => {
  const log = clusterLog(cluster);
  const snapshot = await commitLog.latestSnapshot(log);
  const state: Cluster = snapshot === undefined ? emptyCluster : fromSnapshot(snapshot);
  const writer: Writer = new GroupCommitter({
    log,
    logPort: new ObservedLog(commitLog, commands, clock),
    decide: tracedDecide(decideWish(surroundings), commands),
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

/** Each decision in the trace of its command; it may be made anew, when another writer was faster. */
const tracedDecide =
  (decide: DecideWish, commands: CommandWatch): DecideWish =>
  (cluster, wish) => {
    const after = commands.spanOfWish(wish);
    if (after === undefined) return decide(cluster, wish);
    const describe = () => ({ 'evenkeel.command': wish.command.kind, 'evenkeel.revision': cluster.revision });
    return inSpanSync('decide', () => decide(cluster, wish), describe, { after });
  };
