import { BallotBox, CommitFeed, ConfigClient, SharedClientNats, StreamAway, VerdictBucket } from '@evenkeel/bus';
import { type Cluster, ClusterFollower } from '@evenkeel/cluster';
import type { Hash } from '@evenkeel/contracts';
import { type Clock, Loop } from '@evenkeel/kernel';
import { newId, sha256 } from '@evenkeel/kernel/system';
import { ownPlaces, Probes } from '@evenkeel/probes';
import { type Observed, wordsOf } from '@evenkeel/telemetry';
import { asksTheSame, Council, Prober, targetsOf, type VerdictStore } from '@evenkeel/verdicts';
import type { NatsConnection } from '@nats-io/transport-node';
import { CheckerJournal } from './checker-journal.ts';
import { Identities } from './identities.ts';
import { readLastKnown } from './last-known.ts';
import { observeHealth } from './observing/observe-health.ts';
import { watchedProbe } from './observing/watched-probe.ts';
import { CheckRuns } from './runs/check-runs.ts';
import type { HealthSettings } from './settings.ts';

export type Parts = {
  /** Answers also before `run`. */
  readonly runs: CheckRuns;
  run(): void;
  /** Resolves when nothing is asked and nothing is published any more. */
  stop(): Promise<void>;
};

/** Newer evidence for an unchanged verdict is worth a message this often. */
const refreshMs = 10_000;
/** News of the book are gathered for so long before they change what is asked. */
const gatherMs = 20;
/** A lost feed is taken up again after this time, longer and longer. */
const patience = { sweepMs: 0, retryMinMs: 50, retryMaxMs: 2_000 };

/** The parts of `health` in the order in which data flows. */
export const wire = (settings: HealthSettings, connection: NatsConnection, clock: Clock, observed: Observed): Parts => {
  const { cluster, checker, checkersPerTarget, probesMax, nats, ownPorts, clusterKeyFile, programs } = settings;
  const onFailure = (failure: unknown): void =>
    observed.log[failure instanceof StreamAway ? 'debug' : 'warn'](wordsOf(failure));

  // Reads the book, from the stream and from config.
  const config = new ConfigClient(new SharedClientNats(connection));
  const follower = new ClusterFollower({
    feed: new CommitFeed(connection, config, cluster),
    hashOf: (text) => sha256(text) as Hash,
  });
  // Reads what is sealed, from config.
  const identities = new Identities(() => follower.current(), {
    material: async (material) => (await config.material(material)).sealed ?? undefined,
    clusterKeyFile,
  });
  // Asks real servers, and nobody else: the book alone says whom.
  const means = { identityOf: (secret: string) => identities.of(secret), programs };
  const probes = new Probes(clock, ownPlaces(nats.servers, ownPorts), means);
  // Reads what earlier checkers left; writes verdicts and signs of life.
  const bucket = new VerdictBucket(connection);
  const probe = watchedProbe((check, target) => probes.probe(check, target));
  // Hears the other checkers, and tells them what this one sees.
  const ballots = new BallotBox(connection, cluster);
  const run = newId();
  const council = new Council(
    {
      checker,
      run,
      votersMax: checkersPerTarget,
      send: (ballot) => ballots.send({ ...ballot, ...journal.tellOthers() }),
      onTwin: () =>
        observed.log.warn(`another health process is called ${checker}: give each its own EVENKEEL_CHECKER`),
    },
    clock,
  );
  // Writes what belongs into the journal.
  let asked: Cluster | undefined;
  const books = (): Cluster[] => [follower.current() ?? [], asked ?? []].flat();
  const journal = new CheckerJournal({ settings, connection, council, books, clock, onFailure });
  const store: VerdictStore = {
    put: (verdict) => bucket.put(verdict),
    delete: (id) => bucket.delete(id),
    beat: (name, atMs) => {
      journal.begin(); // whoever gives signs of life knows what it says
      return bucket.beat(name, atMs);
    },
  };
  const options = { checker, probesMax, refreshMs, onFailure, hearer: journal.changes };
  const prober = new Prober(probe, store, options, clock, Math.random, council);

  // Probes are seconds apart: news of the book may gather, and whoever serves traffic reads them first.
  const wanting = new Loop(
    async () => {
      await clock.rest(gatherMs).over;
      const book = follower.current();
      if (book === undefined) return;
      identities.forgetOthers();
      if (asked === undefined || !asksTheSame(asked, book)) prober.want(targetsOf(book));
      asked = book;
    },
    { ...patience, sweepMs: 60_000, onFailure },
    clock,
  );
  let hasAdopted = false;
  let stopHearing = (): void => undefined;
  let sitting = Promise.resolve();
  const follow = async (): Promise<void> => {
    if (!hasAdopted) {
      const lastKnown = await readLastKnown(bucket.watch());
      prober.adopt(lastKnown.verdicts, lastKnown.beatsMs);
      journal.adopt(lastKnown);
      hasAdopted = true;
      if ([...lastKnown.beatsMs.keys()].some((other) => other !== checker)) council.expectOthers();
      stopHearing = ballots.onBallot((ballot) => {
        council.hear(ballot);
        if (ballot.run !== run) journal.hear(ballot);
      });
      sitting = council.run();
    }
    await follower.follow(() => wanting.wake());
  };
  const following = new Loop(follow, { ...patience, onFailure }, clock);

  const unobserve = observeHealth(observed, {
    connection,
    cluster: () => follower.current(),
    stateOf: (id) => prober.stateOf(id),
  });
  let probing = Promise.resolve();
  return {
    runs: new CheckRuns({ checker, cluster: () => follower.current(), probes, clock }),
    run: () => {
      probing = prober.run();
      void wanting.run();
      void following.run();
      journal.run();
    },
    stop: async () => {
      unobserve();
      following.stop();
      wanting.stop();
      prober.stop();
      if (hasAdopted) council.stop();
      stopHearing();
      probes.close();
      await Promise.all([probing, sitting]);
      await journal.stop();
    },
  };
};
