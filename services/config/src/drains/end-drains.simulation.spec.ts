import { type Cluster, emptyCluster, evolve } from '@evenkeel/cluster';
import {
  AddVirtualService,
  type ClusterCommand,
  ClusterName,
  type CommitId,
  type RealServerId,
  type SealedCommit,
  type VerdictState,
} from '@evenkeel/contracts';
import { Loop } from '@evenkeel/kernel';
import { GroupCommitter } from '@evenkeel/ledger';
import { aLog, type Chance, chanceFrom, FaultyLog, sha256 } from '@evenkeel/ledger/test';
import { anActor, aRealServerSpec, aServiceSpec, aVerdict, ManualClock, realServerId } from '@evenkeel/testing';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decideWish, type Surroundings } from '../book/decide-wish.ts';
import type { Writer } from '../book/book.ts';
import { absenceEnderOn, drainEnderOn } from './end-drains.ts';

// Three config processes on one book behind a bad line. They come and go, operators change their minds, and machines die.

const servers = [1, 2, 3].map((nth) => aRealServerSpec({ label: `N${nth}`, address: `10.0.0.${nth}` }));
const service = AddVirtualService.parse({ kind: 'AddVirtualService', service: aServiceSpec(), realServers: servers });
const operator = anActor();

class World {
  readonly clock = new ManualClock();
  readonly log: FaultyLog;
  readonly processes: Process[] = [];
  readonly down = new Set<RealServerId>();
  heldUp = 0;
  private ids = 0;

  constructor(readonly chance: Chance) {
    this.log = new FaultyLog(this.clock, chance);
  }

  newId(): string {
    this.ids += 1;
    return realServerId(this.ids);
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[Math.floor(this.chance() * items.length)]!;
  }

  start(): void {
    this.processes.push(new Process(this));
  }

  stop(): void {
    this.processes.shift()?.stop();
  }
}

/** One `config`, which knows nothing but what it reads. */
class Process {
  readonly writer: Writer;
  private readonly loops: readonly Loop[];

  constructor(world: World) {
    const { clock, log: logPort } = world;
    const verdict = (id: RealServerId, state: VerdictState) => [id, aVerdict({ realServerId: id, state })] as const;
    const surroundings: Surroundings = {
      clusterName: ClusterName.parse('radiology'),
      verdicts: () => new Map([...world.down].map((id) => verdict(id, 'down'))),
      newId: () => world.newId(),
      nowMs: () => clock.nowMs(),
      reservedPorts: new Map(),
      historyOf: () => undefined,
    };
    this.writer = new GroupCommitter({
      log: aLog,
      logPort,
      decide: decideWish(surroundings),
      evolve,
      initial: { state: emptyCluster, revision: emptyCluster.revision, hash: emptyCluster.hash },
      clock,
      newCommitId: () => world.newId() as CommitId,
      sha256,
      limits: { giveUpMs: 300 },
    });
    const onHeldUp = (): number => (world.heldUp += 1);
    const { writer } = this;
    const drains = drainEnderOn({ writer, surroundings, knowsVerdicts: () => true, onHeldUp, clock });
    const options = { sweepMs: 1_000, retryMinMs: 50, retryMaxMs: 2_000, onFailure: () => undefined };
    const absences = absenceEnderOn({ writer, clock });
    this.loops = [() => writer.catchUp(), () => drains.round(), () => absences.round()].map(
      (round) => new Loop(round, options, clock),
    );
    this.loops.forEach((loop) => void loop.run());
  }

  stop(): void {
    this.loops.forEach((loop) => loop.stop());
  }

  /** As an operator who does not ask again. */
  async ask(command: ClusterCommand): Promise<void> {
    await this.writer.submit({ command, actor: operator, reason: 'maintenance' }).catch(() => undefined);
  }
}

const something = (world: World, ids: readonly RealServerId[]): void => {
  const id = world.pick(ids);
  const asked = world.pick(world.processes);
  const drain = { kind: 'DrainRealServer', realServerId: id, clients: 'keep', force: true } as const;
  const dated = (): void => void asked.ask({ ...drain, deadline: world.pick(['1s', '5s', '20s']) });
  const until = new Date(world.clock.nowMs() + world.pick([1_000, 5_000, 20_000])).toISOString();
  world.pick([
    dated,
    dated,
    dated,
    () => void asked.ask({ ...drain, deadline: '5s', until }),
    () => void asked.ask({ kind: 'HaltRealServer', realServerId: id, connections: 'close', until, force: true }),
    () => void asked.ask(drain),
    () => void asked.ask({ kind: 'BringRealServerOnline', realServerId: id, whenUp: false }),
    () => void world.down.add(id),
    () => void world.down.delete(id),
    () => (world.processes.length < 3 ? world.start() : world.stop()),
  ])();
};

/** What `config` does by itself: at or after the time of the order that it ends, and it names that. */
const expectOrdered = (book: readonly SealedCommit[]): { readonly drains: number; readonly absences: number } => {
  let cluster: Cluster = emptyCluster;
  const ended = { drains: 0, absences: 0 };
  for (const { commit, hash } of book) {
    for (const event of commit.actor.kind === 'system' ? commit.events : []) {
      if (event.kind !== 'RealServerHalted' && event.kind !== 'RealServerBroughtOnline') continue;
      const { intent, intentRevision } = cluster.realServers.get(event.realServerId)!;
      const order = `ordered in revision ${intentRevision} by ${operator.name}`;
      if (event.kind === 'RealServerHalted') {
        expect(intent.intent === 'drain' && intent.deadline! <= commit.time).toBe(true);
        expect(commit.reason).toBe(`deadline of the drain ${order}`);
        ended.drains += 1;
      } else {
        expect(intent.intent !== 'online' && intent.until! <= commit.time).toBe(true);
        if (intent.intent === 'drain') expect(commit.reason).toBe(`end of the drain ${order}`);
        ended.absences += 1;
      }
    }
    cluster = evolve(cluster, commit, hash);
  }
  return ended;
};

it('ends every drain and every absence at its time, once, and none that was changed or ended before', async () => {
  let [drains, absences, heldUp] = [0, 0, 0];
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1 }), async (seed) => {
      const world = new World(chanceFrom(seed));
      world.log.isFaulty = false;
      world.start();
      world.start();
      void world.processes[0]!.ask(service);
      await world.clock.advance(2_000);
      const ids = [...world.processes[0]!.writer.state().realServers.keys()];
      expect(ids).toHaveLength(3);
      world.log.isFaulty = true;
      for (let step = 0; step < 60; step += 1) {
        something(world, ids);
        await world.clock.advance(Math.floor(world.chance() * 1_500));
      }
      world.log.isFaulty = false;
      world.down.clear();
      // Somebody else must be able to serve; then whatever is due goes.
      void world.processes.at(-1)!.ask({ kind: 'BringRealServerOnline', realServerId: ids[0]!, whenUp: false });
      await world.clock.advance(30_000);
      const { realServers } = world.processes.at(-1)!.writer.state();
      for (const { intent } of realServers.values())
        for (const time of ['deadline', 'until']) expect(intent).not.toHaveProperty(time);
      const ended = expectOrdered(world.log.all(aLog));
      drains += ended.drains;
      absences += ended.absences;
      heldUp += world.heldUp;
      world.processes.forEach((process) => process.stop());
    }),
    { numRuns: 25 },
  );
  expect(drains).toBeGreaterThan(0);
  expect(absences).toBeGreaterThan(0);
  expect(heldUp).toBeGreaterThan(0);
}, 60_000);
