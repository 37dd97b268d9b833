import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, unlink, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  type BusSettings,
  CheckerAway,
  ConfigStream,
  connectBus,
  HealthClient,
  Journal,
  SharedClientNats,
  VerdictBucket,
  VerdictMirror,
} from '@evenkeel/bus';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import {
  ClusterName,
  clusterLog,
  type ClusterEvent,
  type JournalEntry,
  type RealServerId,
  type RunCheck,
  type RunCheckAnswer,
  rpc,
  TcpUdpCheck,
  type Verdict,
  verdictBucket,
  type VirtualServiceSpec,
} from '@evenkeel/contracts';
import { Loop } from '@evenkeel/kernel';
import { type ClusterKey, readOrMakeClusterKey, secretLabel, throwawayKey } from '@evenkeel/kernel/sealing';
import { SystemClock } from '@evenkeel/kernel/system';
import { emptyTail, seal, tailAfter } from '@evenkeel/ledger';
import { aCommit, aRealServerSpec, aServiceSpec, aVerdict, realServerId, virtualServiceId } from '@evenkeel/testing';
import { makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Kvm } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { type HealthSettings, healthSettingsFrom, start } from './index.ts';

const cluster = ClusterName.parse('radiology');
let folder: TempFolder;
let nats: EmbeddedNats;
let connection: NatsConnection;
let stream: ConfigStream;
let mirror: VerdictMirror;
const patience = { sweepMs: 0, retryMinMs: 50, retryMaxMs: 200, onFailure: () => undefined };
const mirroring = new Loop(() => mirror.follow(() => undefined), patience, new SystemClock());

beforeAll(async () => {
  folder = await makeTempFolder('health-spec');
  nats = await startNats({ folder: folder.path });
  connection = await connectBus(busSettings('spec'));
  stream = await ConfigStream.open(connection, cluster);
  await stream.lastRevision(); // makes it
  mirror = new VerdictMirror(new VerdictBucket(connection));
  void mirroring.run();
});
afterAll(async () => {
  mirroring.stop();
  await connection.close();
  await nats.stop();
  await folder.remove();
});

const busSettings = (name: string): BusSettings => {
  const { url, user, password } = nats;
  return { servers: [url], user, password, name };
};

/** Started checkers end with their test, also a failed one. */
const running = new Set<() => Promise<void>>();
afterEach(async () => {
  for (const stop of running) await stop();
  running.clear();
});

const startChecker = async (more: Partial<HealthSettings> = {}): Promise<() => Promise<void>> => {
  const { servers, user, password } = busSettings('');
  const settings = {
    ...healthSettingsFrom({ EVENKEEL_CHECKER: 'health-1' }),
    nats: { servers: [...servers], user, password },
    ...more,
  };
  const end = await start(settings);
  const stop = async (): Promise<void> => {
    running.delete(stop);
    await end();
  };
  running.add(stop);
  return stop;
};

let tail = emptyTail(clusterLog(cluster));

/** What `config` and its relay do with a commit. */
const commit = async (...events: ClusterEvent[]): Promise<void> => {
  const { commitId, time, actor, entities } = aCommit({ events });
  const sealed = seal({ commitId, time, actor, entities, events }, tail, (text) =>
    createHash('sha256').update(text).digest('hex'),
  );
  expect(await stream.publish([sealed])).toBe('published');
  tail = tailAfter(sealed);
};

/** Ids of its own for each test, because they share one book. */
let numbers = 0;

/** A service with one real server on this machine, in the book. */
const aServedPort = async (port: number, check: object = { kind: 'connect' }): Promise<RealServerId> => {
  const [service, realServer] = [++numbers, ++numbers];
  const healthCheck = TcpUdpCheck.parse({ interval: '100ms', timeout: '100ms', ...check });
  await commit(
    {
      kind: 'VirtualServiceAdded',
      virtualServiceId: virtualServiceId(service),
      number: service,
      service: { ...aServiceSpec({ label: `S${service}`, ports: [service] }), healthCheck } as VirtualServiceSpec,
    },
    {
      kind: 'RealServerAdded',
      virtualServiceId: virtualServiceId(service),
      realServerId: realServerId(realServer),
      number: realServer,
      realServer: aRealServerSpec({ address: '127.0.0.1', port }),
    },
  );
  return realServerId(realServer);
};

const listen = async (port = 0): Promise<{ readonly port: number; readonly server: Server }> => {
  const server = createServer((socket) => socket.on('error', () => undefined).destroy()).listen(port, '127.0.0.1');
  await once(server, 'listening');
  running.add(() => Promise.resolve(void server.close()));
  return { port: (server.address() as AddressInfo).port, server };
};

const becomes = async (id: RealServerId, state: Verdict['state'], withinMs = 5_000): Promise<Verdict> => {
  await until(`${id} becomes ${state}`, () => Promise.resolve(mirror.current().get(id)?.state === state), { withinMs });
  return mirror.current().get(id)!;
};

it('tells that a real server is up, goes down, and comes back', async () => {
  const { port, server } = await listen();
  const id = await aServedPort(port);
  await startChecker();
  expect(await becomes(id, 'up')).toMatchObject({ reason: 'check-passed', checker: 'health-1' });

  server.close();
  expect(await becomes(id, 'down')).toMatchObject({
    reason: 'connect-refused',
    detail: `127.0.0.1:${port} refused: nothing listens there`,
  });

  await listen(port);
  const { since, backSince } = await becomes(id, 'up');
  expect(backSince).toBe(since);
});

describe('a check by a program', () => {
  const byProgram = { kind: 'external', program: 'check-pacs', timeout: '5s' };

  it('is asked where the checker has been given a folder of programs', async () => {
    const programs = join(folder.path, 'programs');
    const isWell = join(folder.path, 'is-well');
    await mkdir(programs);
    await chmod(programs, 0o755);
    await writeFile(join(programs, 'check-pacs'), '#!/bin/sh\ncat "$3"\n');
    await chmod(join(programs, 'check-pacs'), 0o755);
    await writeFile(isWell, '3 studies\n');
    const { port } = await listen();
    const id = await aServedPort(port, { ...byProgram, arguments: [isWell] });
    await startChecker({ programs });
    expect(await becomes(id, 'up')).toMatchObject({
      reason: 'check-passed',
      detail: 'check-pacs exited with 0: 3 studies',
    });
    await unlink(isWell);
    expect(await becomes(id, 'down')).toMatchObject({ reason: 'external-failed' });
  });

  it('is none where it has not, and the real server serves on', async () => {
    const id = await aServedPort((await listen()).port, byProgram);
    await startChecker();
    await until('it is said', () => Promise.resolve(mirror.current().get(id)?.reason === 'external-disabled'));
    expect(mirror.current().get(id)).toMatchObject({ state: 'unknown', reason: 'external-disabled' });
  });
});

it('checks what is new in the book, and takes back the verdict about what has left it', async () => {
  await startChecker();
  const id = await aServedPort((await listen()).port);
  await becomes(id, 'up');
  await commit({ kind: 'RealServerRemoved', realServerId: id });
  await until('the verdict is gone', () => Promise.resolve(!mirror.current().has(id)));
});

it('goes on after a restart as if nothing had been', async () => {
  const { port, server } = await listen();
  server.close();
  const id = await aServedPort(port);
  const stop = await startChecker();
  const before = await becomes(id, 'down');
  await until('a sign of life', async () => (await beats()).has('health-1'), { withinMs: 10_000 });
  await stop();

  const startedMs = Date.now();
  const states = new Set<string>();
  const bucket = new VerdictBucket(connection);
  const watching = (async () => {
    for await (const news of bucket.watch()) {
      if (news.kind === 'verdict' && news.verdict.realServerId === id)
        states.add(`${news.verdict.state} ${news.verdict.since}`);
      if (news.kind === 'beat' && news.atMs > startedMs) return;
    }
  })();
  await startChecker();
  await watching;
  expect([...states]).toEqual([`down ${before.since}`]);
});

it('goes on asking while the bus is away, and tells what has changed when it is back', async () => {
  const { port, server } = await listen();
  const id = await aServedPort(port);
  await startChecker();
  await becomes(id, 'up');
  await nats.kill();
  server.close();
  nats = await startNats({ folder: folder.path });
  expect((await becomes(id, 'down', 15_000)).reason).toBe('connect-refused');
});

it('is not blinded by an entry that nobody understands', async () => {
  const kv = await new Kvm(connection).open(verdictBucket);
  await kv.put(realServerId(9_999), '{"state":"sideways"}');
  await startChecker();
  await becomes(await aServedPort((await listen()).port), 'up');
  await kv.purge(realServerId(9_999));
});

it('takes back what an earlier checker said of a real server that left the book meanwhile', async () => {
  const bucket = new VerdictBucket(connection);
  await bucket.put(aVerdict({ realServerId: realServerId(8_888) }));
  await until('the stale verdict is there', () => Promise.resolve(mirror.current().has(realServerId(8_888))));
  await startChecker();
  await until('the stale verdict is gone', () => Promise.resolve(!mirror.current().has(realServerId(8_888))));
});

describe('a check that somebody wants run now', () => {
  const ask = (wish: RunCheck): Promise<RunCheckAnswer> => {
    const client = new HealthClient(new SharedClientNats(connection));
    return client.runCheck('health-1', wish);
  };
  /** `starting` also while the server of the bus has not yet taken that the checker listens: nobody answers then. */
  const askOneThatStarts = (wish: RunCheck): Promise<RunCheckAnswer> =>
    ask(wish).catch((failure: unknown): RunCheckAnswer => {
      if (failure instanceof CheckerAway) return { kind: 'starting' };
      throw failure;
    });
  const ready = async (): Promise<void> => {
    await startChecker();
    const wish = { realServerId: realServerId(99) };
    await until('the book is read', async () => (await askOneThatStarts(wish)).kind !== 'starting');
  };

  it('is run at once, shows what was said, and counts for nothing', async () => {
    const { port, server } = await listen();
    const id = await aServedPort(port);
    await ready();
    const before = await becomes(id, 'up');
    expect(await ask({ realServerId: id })).toMatchObject({
      kind: 'done',
      run: {
        checker: 'health-1',
        kind: 'connect',
        target: { address: '127.0.0.1', port },
        result: { outcome: 'passed' },
        exchange: { steps: [{ by: 'server', what: 'TCP connection accepted' }], leftOut: 0 },
      },
    });
    const check = TcpUdpCheck.parse({ kind: 'http', port, timeout: '500ms' });
    const byDefinition = await ask({ address: '127.0.0.1', check });
    expect(byDefinition).toMatchObject({ kind: 'done', run: { kind: 'http', result: { outcome: 'failed' } } });
    for (let run = 0; run < 4; run += 1) await ask({ realServerId: id, check }); // more than `fall`
    expect(mirror.current().get(id)).toMatchObject({ state: 'up', since: before.since });
    server.close();
  });

  it('goes to no address that is not a real server, and to no port of the control plane', async () => {
    await aServedPort((await listen()).port);
    await ready();
    const check = TcpUdpCheck.parse({ kind: 'connect', port: 22 });
    expect(await ask({ address: '192.168.85.77', check })).toMatchObject({ refusal: { kind: 'unknown-machine' } });
    const ofTheBus = TcpUdpCheck.parse({ kind: 'connect', port: Number(new URL(nats.url).port) });
    expect(await ask({ address: '127.0.0.1', check: ofTheBus })).toMatchObject({ refusal: { kind: 'not-allowed' } });
  });

  it('is told apart from one that nobody is there to run', async () => {
    const client = new HealthClient(new SharedClientNats(connection));
    await expect(client.runCheck('nobody', { realServerId: realServerId(1) })).rejects.toThrow(CheckerAway);
  });
});

describe('a check that signs in', () => {
  const password = 'canary-7Qx';
  const basic = `Basic ${Buffer.from(`monitor:${password}`).toString('base64')}`;
  const name = 'pacs-monitor';

  const sealed = (key: ClusterKey, written: string) => {
    const material = key.nameFor(written);
    const text = key.seal(secretLabel(name, material), JSON.stringify({ username: 'monitor', password: written }));
    return { facts: { kind: 'username-password', material } as const, text };
  };
  /** What `config` answers about what is sealed. */
  const answerWith = (store: ReadonlyMap<string, string>): void => {
    const subscription = connection.subscribe(rpc.material, {
      callback: (_failure, message) => {
        const { id, data } = message.json<{ id: string; data: { material: string } }>();
        const response = { sealed: store.get(data.material) ?? null };
        message.respond(JSON.stringify({ id, response, isDisposed: true }));
      },
    });
    running.add(() => Promise.resolve(subscription.unsubscribe()));
  };
  const guarded = async (): Promise<number> => {
    const server = createHttpServer(({ headers }, response) => {
      response.writeHead(headers.authorization === basic ? 200 : 401, `asked by ${headers.authorization}`).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    running.add(() => Promise.resolve(void server.close()));
    return (server.address() as AddressInfo).port;
  };
  const signingIn = async (port: number): Promise<RealServerId> => {
    const id = await aServedPort(port);
    const pace = { interval: '100ms', timeout: '1s', fall: 2 };
    const healthCheck = { kind: 'http', basicAuth: { secret: name }, ...pace } as const;
    const service = aServiceSpec({ label: `S${numbers - 1}`, ports: [numbers - 1], mode: 'http', healthCheck });
    const virtualService = virtualServiceId(numbers - 1);
    await commit({ kind: 'VirtualServiceModified', virtualServiceId: virtualService, changed: ['mode'], service });
    return id;
  };
  const reads = (id: RealServerId, reason: Verdict['reason'], withinMs = 15_000): Promise<void> =>
    until(`${id} is told ${reason}`, () => Promise.resolve(mirror.current().get(id)?.reason === reason), { withinMs });

  it('goes by the newest value, is unknown without one and with a wrong one, and shows it to nobody', async () => {
    const clusterKeyFile = join(folder.path, 'cluster.key');
    const key = await readOrMakeClusterKey(clusterKeyFile);
    const [wrong, right] = [sealed(key, `${password}-old`), sealed(key, password)];
    await commit({ kind: 'SecretStored', secret: name, facts: wrong.facts });
    const id = await signingIn(await guarded());
    await startChecker({ clusterKeyFile });
    await reads(id, 'secret-missing');
    expect(mirror.current().get(id)).toMatchObject({
      state: 'unknown',
      detail: `not asked: this checker does not have the credentials of ${name}: config did not answer ${rpc.material}`,
    });

    const store = new Map([[wrong.facts.material, wrong.text]]);
    answerWith(store);
    await reads(id, 'credentials-refused');
    expect(mirror.current().get(id)?.state).toBe('unknown');

    store.set(right.facts.material, right.text);
    await commit({ kind: 'SecretReplaced', secret: name, facts: right.facts });
    const verdict = await becomes(id, 'up');
    const run = await new HealthClient(new SharedClientNats(connection)).runCheck('health-1', { realServerId: id });
    expect(run).toMatchObject({ run: { result: { outcome: 'passed' } } });
    const told = JSON.stringify([verdict, run]);
    expect(told).toContain(`[credentials of ${name}]`);
    expect(told).not.toContain(password);
    expect(told).not.toContain(basic.slice('Basic '.length));
  }, 60_000);

  it('says that what it needs was sealed with another key', async () => {
    const clusterKeyFile = join(folder.path, 'another.key');
    await readOrMakeClusterKey(clusterKeyFile);
    const { facts, text } = sealed(throwawayKey(), password);
    answerWith(new Map([[facts.material, text]]));
    await commit({ kind: 'SecretReplaced', secret: name, facts });
    const id = await signingIn(await guarded());
    await startChecker({ clusterKeyFile });
    await reads(id, 'secret-missing');
    expect(mirror.current().get(id)?.detail).toMatch(/: it was sealed with another key than this checker has$/);
  });
});

describe('the journal', () => {
  const recordsOf = async (id: RealServerId): Promise<readonly JournalEntry[]> => {
    const { entries } = await new Journal(connection, cluster).find(({ entities }) => entities.includes(id), 50);
    return entries;
  };
  const storyOf = (entries: readonly JournalEntry[]): string[] =>
    entries.map((entry) => (entry.kind === 'verdict-changed' ? `${entry.from} ${entry.to}` : entry.kind)).reverse();
  const hasStory = (id: RealServerId, ...story: string[]): Promise<void> =>
    until(
      `${id} has the story ${story.join(', ')}`,
      // Right after a restart of NATS nobody answers.
      async () => isDeepStrictEqual(storyOf(await recordsOf(id).catch(() => [])), story),
      { withinMs: 20_000 },
    );

  it('tells how a verdict changed, with its evidence, also what happened while the bus was away', async () => {
    const { port, server } = await listen();
    const id = await aServedPort(port);
    const stop = await startChecker();
    await becomes(id, 'up');
    await hasStory(id, 'none up');
    await nats.kill();
    server.close();
    await new SystemClock().rest(1_500).over;
    await listen(port);
    await new SystemClock().rest(1_000).over;
    nats = await startNats({ folder: folder.path });
    await hasStory(id, 'none up', 'up down', 'down up');
    const [, wentDown] = await recordsOf(id);
    expect(wentDown).toMatchObject({
      checker: 'health-1',
      machine: '127.0.0.1',
      reason: 'connect-refused',
      detail: `127.0.0.1:${port} refused: nothing listens there`,
    });
    const outcomes = wentDown?.kind === 'verdict-changed' ? wentDown.evidence.map(({ outcome }) => outcome) : [];
    expect(outcomes).toEqual(['failed', 'failed', 'failed']);
    await stop();
  });

  it('tells that nobody checked before a checker came back, and of the rest only what has changed', async () => {
    const { port } = await listen();
    const id = await aServedPort(port);
    const stop = await startChecker();
    await hasStory(id, 'none up');
    await stop();
    const longAgoMs = Date.now() - 3_600_000;
    await new VerdictBucket(connection).beat('health-1', longAgoMs);
    await startChecker();
    const silences = async () =>
      (await new Journal(connection, cluster).find(({ kind }) => kind === 'checks-resumed', 1)).entries;
    await until('the silence is told', async () => (await silences()).length > 0, { withinMs: 40_000 });
    expect(await silences()).toMatchObject([{ silentSince: new Date(longAgoMs).toISOString() }]);
    await commit({ kind: 'RealServerRemoved', realServerId: id });
    await hasStory(id, 'none up', 'up none');
  }, 60_000);
});

const beats = async (): Promise<ReadonlySet<string>> => {
  const checkers = new Set<string>();
  for await (const news of new VerdictBucket(connection).watch()) {
    if (news.kind === 'beat') checkers.add(news.checker);
    if (news.kind === 'caught-up') break;
  }
  return checkers;
};
