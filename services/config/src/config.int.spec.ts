import 'reflect-metadata';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommitFeed, ConfigClient, connectBus, SharedClientNats } from '@evenkeel/bus';
import { configurationOf, fromSnapshot } from '@evenkeel/cluster';
import { migrate, openCommitLog, WrongSchema } from '@evenkeel/commit-log';
import {
  type Actor,
  ApplyConfiguration,
  type ClusterCommand,
  type ClusterConfiguration,
  clusterLog,
  ClusterName,
  type ClusterSnapshot,
  type CommandAnswer,
  configStream,
  DrainMachine,
  InstantiateBlueprint,
  RevertCommit,
  type Revision,
  type SetClusterSettings,
} from '@evenkeel/contracts';
import { type EmbeddedNats, type EmbeddedPostgres, startNats, startPostgres } from '@evenkeel/embedded';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { until } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ConfigSettings, start } from './index.ts';

// The real Postgres and the real NATS; `config` is asked as the gateway asks it.

const cluster = ClusterName.parse('radiology');
const log = clusterLog(cluster);
const actor: Actor = { name: 'administrator', kind: 'token', authenticatedBy: 'spec' };
const nodes = [1, 2, 3].map((number) => ({ label: `INF_PACS${number}`, address: `192.168.85.${199 + number}` }));
const blueprint = InstantiateBlueprint.parse({
  kind: 'InstantiateBlueprint',
  name: 'infinitt-pacs',
  version: 1,
  parameters: { vipAddress: '192.168.85.150', nodes },
});
const drain = DrainMachine.parse({ kind: 'DrainMachine', address: '192.168.85.201' });

let folder: string;
let postgres: EmbeddedPostgres;
let nats: EmbeddedNats;
let settings: ConfigSettings;
let stop: () => Promise<void>;
let connection: NatsConnection;
let config: ConfigClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evenkeel-config-'));
  await chmod(folder, 0o755); // Postgres runs as a user of its own
  [postgres, nats] = await Promise.all([
    startPostgres({ folder: join(folder, 'postgres') }),
    startNats({ folder: join(folder, 'nats') }),
  ]);
  const databaseUrl = new URL(postgres.url);
  databaseUrl.username = 'evenkeel_config';
  databaseUrl.password = 'secret';
  const bus = { servers: [nats.url], user: nats.user, password: nats.password };
  settings = {
    cluster,
    databaseUrl: databaseUrl.href,
    nats: bus,
    adminTokenFile: join(folder, 'admin-token'),
    snapshotEvery: 10,
    reservedPorts: { 9443: 'the API' },
  };
  connection = await connectBus({ ...bus, name: 'spec' });
  config = new ConfigClient(new SharedClientNats(connection));
}, 60_000);
afterAll(async () => {
  await stop?.();
  await connection?.close();
  await Promise.all([postgres?.stop(), nats?.stop()]);
  await rm(folder, { recursive: true, force: true });
}, 30_000);

const done = (answer: CommandAnswer) => {
  if (answer.kind !== 'done') throw new Error(JSON.stringify(answer));
  return answer.outcome;
};
/** Revisions in the stream from the first on, `count` of them. */
const streamed = async (count: number): Promise<number[]> => {
  const revisions: number[] = [];
  for await (const { commit } of new CommitFeed(connection, config, cluster).follow(0 as Revision)) {
    revisions.push(commit.revision);
    if (revisions.length === count) break;
  }
  return revisions;
};

it('refuses to start on a database without the schema, and names the command', async () => {
  const unmigrated = { ...settings, databaseUrl: postgres.url };
  const failure: unknown = await start(unmigrated).catch((caught: unknown) => caught);
  expect(failure).toBeInstanceOf(WrongSchema);
  expect(String(failure)).toContain('npm run migrate');
});

it('starts on a migrated one, and writes the first token where only its owner can read it', async () => {
  await migrate(postgres.url, { config: 'secret', reader: 'other' });
  stop = await start(settings);
  const file = settings.adminTokenFile ?? '';
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const [, , id = ''] = (await readFile(file, 'utf8')).trim().split('_');
  expect((await config.token(id)).token).toMatchObject({ id, role: 'admin' });
});

it('turns a wish into a commit in the book and a message in the stream', async () => {
  const outcome = done(await config.command({ command: blueprint, actor, reason: 'first' }));
  expect(outcome).toMatchObject({ revision: 1, changed: true });
  expect(outcome.events).toHaveLength(1 + 5 + 15);
  expect(await streamed(1)).toEqual([1]);
});

it('answers a refusal as data', async () => {
  const answer = await config.command({ command: DrainMachine.parse({ ...drain, address: '10.0.0.1' }), actor });
  expect(answer).toMatchObject({ kind: 'refused', refusal: { kind: 'unknown-machine', address: '10.0.0.1' } });
});

it('makes no commit for what is true already', async () => {
  expect(done(await config.command({ command: drain, actor, reason: 'disk' }))).toMatchObject({
    revision: 2,
    changed: true,
  });
  expect(done(await config.command({ command: drain, actor, reason: 'disk' }))).toMatchObject({
    revision: 2,
    changed: false,
  });
});

it('rehearses commands on the newest state, and stores nothing of it', async () => {
  const book = await openCommitLog(postgres.url, { onFailure: () => undefined });
  const online = { kind: 'BringMachineOnline', address: drain.address, whenUp: false } as const;
  const before = await book.head(log);
  const answer = await config.rehearse({ commands: [online, { ...drain, clients: 'forget' }], actor, reason: 'if' });
  if (answer.kind !== 'done') throw new Error(JSON.stringify(answer));
  expect(answer.rehearsal).toMatchObject({ revision: 2, changed: true });
  expect(answer.rehearsal.decisions.map(({ events }) => events.length)).toEqual([5, 5]);
  expect(answer.rehearsal.changes).toHaveLength(5);
  // Neither a commit nor an answer that a key would give again; a key cannot even be sent.
  expect(await book.head(log)).toEqual(before);
  expect(await book.forgetAnswers(new Date(Date.now() + 60_000))).toBe(0);
  expect((await config.commits({ log, after: 0 as Revision, limit: 10 })).commits).toHaveLength(2);
  await book.close();
});

it('rehearses by the same rules: refusals with their place in the list, versions, reasons', async () => {
  const forced = { ...drain, address: '192.168.85.202', force: true };
  const rehearse = (commands: ClusterCommand[], more: object = {}) => config.rehearse({ commands, actor, ...more });
  expect(await rehearse([drain, { ...drain, address: '10.0.0.1' }])).toMatchObject({
    kind: 'refused',
    index: 1,
    refusal: { kind: 'unknown-machine' },
  });
  const last = { ...forced, address: '192.168.85.200' };
  expect(await rehearse([forced, last])).toMatchObject({
    kind: 'refused',
    index: 1,
    refusal: { kind: 'reason-required' },
  });
  expect(await rehearse([forced, last], { reason: 'all of it' })).toMatchObject({ kind: 'done' });
  const set: ClusterCommand = { kind: 'SetClusterSettings', changes: { massRemovalPercent: 50 } };
  expect(await rehearse([set], { ifMatch: 1 })).toMatchObject({ kind: 'refused', refusal: { kind: 'stale-version' } });
  expect(await rehearse([set], { ifMatch: 0 })).toMatchObject({ kind: 'done' });
  const revert = RevertCommit.parse({ kind: 'RevertCommit', revision: 2 });
  expect(await rehearse([revert])).toMatchObject({
    kind: 'done',
    rehearsal: { decisions: [{ summary: { changed: { length: 5 } } }] },
  });
});

it('finds commits by entity, actor and time, newest first', async () => {
  const { commits } = await config.find({ log, limit: 10, entity: 'machine:192.168.85.201' });
  expect(commits.map(({ revision }) => revision)).toEqual([2, 1]);
  expect(commits[0]).toMatchObject({ reason: 'disk', previousHash: commits[1]?.hash });
  expect((await config.find({ log, limit: 10, actor: 'nobody' })).commits).toEqual([]);
  expect((await config.find({ log, limit: 10, to: '2020-01-01T00:00:00.000Z' })).commits).toEqual([]);
});

it('shows the state at a revision, and refuses one that does not exist', async () => {
  const first = await config.state({ log, at: { revision: 1 as Revision } });
  if (!first.ok) throw new Error('revision 1 is missing');
  expect(first.value).toMatchObject({ revision: 1, virtualServices: { length: 5 }, realServers: { length: 15 } });
  expect(first.value.realServers.every(({ intent }) => intent.intent === 'online')).toBe(true);
  expect(await config.state({ log, at: { revision: 99 as Revision } })).toMatchObject({
    ok: false,
    refusal: { head: 2 },
  });
});

it('writes the stream again when somebody deletes it', async () => {
  await (await jetstreamManager(connection)).streams.delete(configStream);
  const deadline = performance.now() + 5_000;
  let revisions: number[] = [];
  while (revisions.length < 2 && performance.now() < deadline) {
    revisions = await streamed(2).catch(() => new Promise<number[]>((resolve) => setTimeout(() => resolve([]), 100)));
  }
  expect(revisions).toEqual([1, 2]);
}, 15_000);

it('stores snapshots, and a second config process continues the same book', async () => {
  const machine = (kind: 'DrainMachine' | 'BringMachineOnline') =>
    config.command({
      command: kind === 'DrainMachine' ? drain : { kind, address: drain.address, whenUp: false },
      actor,
    });
  for (let round = 0; round < 6; round += 1) {
    done(await machine('BringMachineOnline'));
    done(await machine('DrainMachine'));
  }
  const stopSecond = await start(settings);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) => machine(index % 2 ? 'DrainMachine' : 'BringMachineOnline')),
  );
  expect(answers.every(({ kind }) => kind === 'done')).toBe(true);
  await stopSecond();
  const { head } = await config.commits({ log, after: 0 as Revision, limit: 1 });
  expect(await streamed(head)).toEqual(Array.from({ length: head }, (_, index) => index + 1));
  const { snapshot } = await config.snapshot({ log });
  expect(snapshot?.revision).toBeGreaterThanOrEqual(10);
}, 30_000);

describe('a scope as a document', () => {
  const now = async (): Promise<ClusterSnapshot> => {
    const { head } = await config.commits({ log, after: 0 as Revision, limit: 1 });
    const answer = await config.state({ log, at: { revision: head } });
    if (!answer.ok) throw new Error('the head has no state');
    return answer.value;
  };
  const exported = async (): Promise<ClusterConfiguration> =>
    configurationOf(fromSnapshot(await now()), 'infinitt-pacs', cluster);
  const apply = (document: ClusterConfiguration) =>
    config.command({
      command: ApplyConfiguration.parse({ kind: 'ApplyConfiguration', document, prune: true }),
      actor,
      reason: 'file',
    });
  const revert = (revision: number) =>
    config.command({ command: RevertCommit.parse({ kind: 'RevertCommit', revision }), actor, reason: 'undo' });
  const lasting = ({ virtualServices, realServers }: ClusterSnapshot) => [
    virtualServices.map(({ id, number, spec }) => [id, number, spec]),
    realServers.map(({ id, number, spec, intent }) => [id, number, spec, intent]),
  ];

  it('makes no commit as it is, and one when it differs, which says what it did', async () => {
    const document = await exported();
    expect(done(await apply(document))).toMatchObject({ changed: false });
    const [web, ...others] = document.virtualServices;
    if (web === undefined) throw new Error('no services');
    const outcome = done(await apply({ ...document, virtualServices: others }));
    expect(outcome).toMatchObject({ changed: true, summary: { removed: [{ virtualService: 'INFINITT_Web' }] } });
  });

  it('comes back as it was, ids, numbers and intents included, when its commit is reverted, and goes when that is', async () => {
    const { revision } = await now();
    const before = await config.state({ log, at: { revision: (revision - 1) as Revision } });
    const outcome = done(await revert(revision));
    expect(outcome).toMatchObject({ changed: true, summary: { added: [{ virtualService: 'INFINITT_Web' }] } });
    expect(outcome.events[0]).toEqual({ kind: 'CommitReverted', revision });
    expect(before.ok && lasting(await now())).toEqual(before.ok && lasting(before.value));
    expect(done(await revert(outcome.revision))).toMatchObject({ changed: true });
    expect((await exported()).virtualServices).toHaveLength(4);
    expect(done(await revert(outcome.revision + 1))).toMatchObject({ changed: true });
  });

  it('is not reverted over what came later, whose revisions are named, nor when there is none', async () => {
    await config.command({ command: drain, actor, reason: 'disk' }); // whatever the crowd above has left
    const online = done(
      await config.command({ command: { kind: 'BringMachineOnline', address: drain.address, whenUp: false }, actor }),
    );
    const drained = done(await config.command({ command: { ...drain, clients: 'forget' }, actor, reason: 'disk' }));
    expect(await revert(online.revision)).toMatchObject({
      kind: 'refused',
      refusal: { kind: 'changed-since', by: [drained.revision], things: { length: 5 } },
    });
    expect(await revert(99_999)).toMatchObject({
      kind: 'refused',
      refusal: { kind: 'unknown-revision', head: drained.revision },
    });
  });
});

it('keeps settings, and demands what they say', async () => {
  const set = (changes: SetClusterSettings['changes'], reason?: string) =>
    config.command({
      command: { kind: 'SetClusterSettings', changes },
      actor,
      ...(reason === undefined ? {} : { reason }),
    });
  done(await set({ reasonRequired: 'configuration' }));
  expect(await set({ massRemovalPercent: 50 })).toMatchObject({ kind: 'refused', refusal: { missing: 'reason' } });
  done(await set({ reasonRequired: null }, 'enough'));
});

/** The newest first. */
const ownCommits = async () => (await config.find({ log, limit: 50, actor: 'config' })).commits;

it('ends a drain at its deadline though it was restarted in between, by itself and without a ticket', async () => {
  const { address } = nodes[2]!;
  const tell = async (command: ClusterCommand) =>
    done(await config.command({ command, actor, reason: 'disk', ticket: 'T-1' }));
  await tell({ kind: 'SetClusterSettings', changes: { ticketRequired: 'intents' } });
  await tell({ kind: 'BringMachineOnline', address: drain.address, whenUp: false });
  const { revision, events } = await tell({
    kind: 'DrainMachine',
    address,
    clients: 'keep',
    deadline: '2s',
    force: false,
  });
  await stop();
  stop = await start(settings);
  await until('the book has the halts', async () => (await ownCommits()).length === events.length, {
    withinMs: 20_000,
  });
  for (const { reason, actor: halter, ticket } of await ownCommits()) {
    expect([halter.kind, ticket]).toEqual(['system', undefined]);
    expect(reason).toBe(`deadline of the drain ordered in revision ${revision} by administrator`);
  }
  await tell({ kind: 'BringMachineOnline', address, whenUp: false });
}, 40_000);

it('brings a machine back when its time is over, by itself and without a ticket', async () => {
  const { address } = nodes[2]!;
  const before = await ownCommits();
  const back = new Date(Date.now() + 2_000).toISOString();
  const halt = { kind: 'HaltMachine', address, connections: 'close', until: back, force: false } as const;
  const { revision, events } = done(await config.command({ command: halt, actor, reason: 'disk', ticket: 'T-2' }));
  const returned = async () => (await ownCommits()).slice(0, -before.length);
  await until('they are back', async () => (await returned()).length === events.length, { withinMs: 20_000 });
  for (const { reason, time, ticket } of await returned()) {
    expect([reason, ticket]).toEqual([`end of the halt ordered in revision ${revision} by administrator`, undefined]);
    expect(time >= back).toBe(true);
  }
  const open = { kind: 'SetClusterSettings', changes: { ticketRequired: null } } as const;
  done(await config.command({ command: open, actor, reason: 'disk', ticket: 'T-3' }));
}, 40_000);

it('says that it cannot write while Postgres is away, and goes on when it is back', async () => {
  const { port } = postgres;
  await postgres.kill();
  const answer = await config
    .command({ command: { kind: 'BringMachineOnline', address: drain.address, whenUp: false }, actor })
    .catch((failure: unknown) => failure);
  expect(answer).toMatchObject({ kind: 'unavailable' });
  const revert = RevertCommit.parse({ kind: 'RevertCommit', revision: 1 });
  expect(await config.command({ command: revert, actor })).toMatchObject({ kind: 'unavailable', mayBeRecorded: false });
  // A rehearsal on a state that may be old would be a guess.
  expect(await config.rehearse({ commands: [drain], actor })).toMatchObject({
    kind: 'unavailable',
    mayBeRecorded: false,
  });
  postgres = await startPostgres({ folder: join(folder, 'postgres'), port });
  const deadline = performance.now() + 10_000;
  let outcome: CommandAnswer | undefined;
  while (outcome?.kind !== 'done' && performance.now() < deadline) {
    outcome = await config.command({ command: drain, actor, reason: 'again' }).catch(() => undefined);
  }
  expect(outcome).toMatchObject({ kind: 'done' });
}, 40_000);
