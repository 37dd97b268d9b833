import 'reflect-metadata';
import { createHash } from 'node:crypto';
import {
  ConfigClient,
  HealthClient,
  Journal,
  type JournalFinding,
  NodeBucket,
  type NodeChannel,
  type VerdictMirror,
} from '@evenkeel/bus';
import { type Cluster, ClusterFollower, emptyCluster, withEvent } from '@evenkeel/cluster';
import {
  type ClusterRefusal,
  type CommandAnswer,
  type CommandRequest,
  type HaAnswer,
  type HaQuestion,
  type HaStatus,
  type Hash,
  type JournalEntry,
  type JournalRecord,
  Problem,
  type RealServerId,
  type RealServerInput,
  RealServerSpec,
  type RehearsalAnswer,
  type RehearsalRequest,
  type Revision,
  type RunCheck,
  type RunCheckAnswer,
  type SealedMaterial,
  type TokenAnswer,
  type VirtualServiceId,
  VirtualServiceSpec,
} from '@evenkeel/contracts';
import { ClusterKey } from '@evenkeel/kernel/sealing';
import { SystemClock } from '@evenkeel/kernel/system';
import { afterAll, beforeAll, beforeEach, expect } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { configureApp } from '../src/app.ts';
import { ClusterView } from '../src/book/cluster-view.ts';
import { SealedStore } from '../src/book/sealed-store.ts';
import { BUS, GatewayModule } from '../src/gateway.module.ts';
import { HaAsks } from '../src/ha/ha-asks.ts';
import { HaView } from '../src/ha/ha-view.ts';
import { GatewaySettings } from '../src/settings.ts';

// The edge without a bus: `config` and the others are functions here, and the cluster is the one below.

export const secret = 's'.repeat(43);
export const token = `ek_admin_${'0'.repeat(16)}_${secret}`;
export const webId = '0199a000-0000-7000-8000-000000000001' as VirtualServiceId;
export const pacs1Id = '0199a000-0000-7000-8000-000000000002' as RealServerId;

export const web = {
  label: 'INFINITT_Web',
  address: '192.168.85.150',
  ports: [80],
  layer: 7,
  mode: 'http',
} as const;
export const pacs1: RealServerInput = { label: 'INF_PACS1', address: '192.168.85.200' };

export const occasion = {
  revision: 7 as Revision,
  time: '2026-11-22T03:00:00.000Z',
  actor: { name: 'administrator', kind: 'token', authenticatedBy: 'spec' },
} as const;

export const cluster: Cluster = {
  ...[
    {
      kind: 'VirtualServiceAdded',
      virtualServiceId: webId,
      number: 1,
      service: VirtualServiceSpec.parse(web),
    } as const,
    {
      kind: 'RealServerAdded',
      virtualServiceId: webId,
      realServerId: pacs1Id,
      number: 2,
      realServer: RealServerSpec.parse(pacs1),
    } as const,
  ].reduce((state, event) => withEvent(state, event, occasion), emptyCluster),
  revision: 7 as Revision,
};

export const taken = {
  kind: 'address-and-port-in-use',
  address: '192.168.85.150',
  port: 104,
  transport: 'tcp',
  holder: { virtualServiceId: webId, label: 'INFINITT_Web' },
  inherited: false,
} as const satisfies ClusterRefusal;
export const done: CommandAnswer = {
  kind: 'done',
  outcome: { revision: 7 as Revision, changed: true, events: [], lint: [] },
};
export const foretold: RehearsalAnswer = {
  kind: 'done',
  rehearsal: { revision: 7 as Revision, changed: false, decisions: [], changes: [], lint: [] },
};
export const clusterKey = new ClusterKey('k'.repeat(43));

type JournalQuestion = {
  readonly fits: (entry: JournalEntry) => boolean;
  readonly limit: number;
  readonly before: number | undefined;
};

/** What the edge has asked of the others, and what they answer; as here before each test. */
const fresh = () => ({
  asked: [] as CommandRequest[],
  answer: (): Promise<CommandAnswer> => Promise.resolve(done),
  rehearsed: [] as RehearsalRequest[],
  rehearsal: foretold as RehearsalAnswer,
  kept: [] as SealedMaterial[],
  finding: (): Promise<JournalFinding> => Promise.resolve({ entries: [], next: undefined }),
  journalAsked: [] as JournalQuestion[],
  recorded: [] as JournalRecord[],
  /** Changes of verdicts in the journal. */
  reading: [] as readonly JournalEntry[],
  subjectsRead: [] as string[],
  writtenSince: '2020-01-01T00:00:00.000Z',
  /** Nodes that share tables, as the bus has them. */
  members: new Set(['lb-b']),
  runsAsked: [] as { readonly checker: string; readonly wish: RunCheck }[],
  running: (): Promise<RunCheckAnswer> => Promise.reject(new Error('no test has said what a run brings')),
  wishes: [] as { readonly node: string; readonly question: HaQuestion }[],
  granting: (): Promise<HaAnswer | 'nobody-there' | 'unanswered'> => Promise.resolve('nobody-there'),
});

export const edge = {
  ...fresh(),
  /** What nodes say of who answers for the addresses. */
  sayHa: ((): void => undefined) as (status: HaStatus) => void,
  app: undefined as unknown as NestExpressApplication,
  origin: '',
};

const config: Pick<ConfigClient, 'command' | 'rehearse' | 'token' | 'keepMaterial'> = {
  keepMaterial: (material) => {
    edge.kept.push(material);
    return Promise.resolve({ kept: true });
  },
  rehearse: (request) => {
    edge.rehearsed.push(request);
    return Promise.resolve(edge.rehearsal);
  },
  command: (request) => {
    edge.asked.push(request);
    return edge.answer();
  },
  token: (id): Promise<TokenAnswer> => Promise.resolve({ token: id === '0'.repeat(16) ? administrator(id) : null }),
};

const administrator = (id: string): NonNullable<TokenAnswer['token']> => ({
  id,
  secretHash: createHash('sha256').update(secret).digest('hex') as Hash,
  name: 'administrator',
  role: 'admin',
  createdAt: occasion.time,
});

const journal: Pick<Journal, 'find' | 'append' | 'read' | 'extent'> = {
  append: (record) => {
    edge.recorded.push(record);
    return Promise.resolve();
  },
  extent: () => Promise.resolve({ first: 1, last: 9, incarnation: '1', since: edge.writtenSince }),
  read: (subject) => {
    edge.subjectsRead.push(subject);
    const entries = subject.includes('verdict-changed') ? edge.reading : [];
    return Promise.resolve({ entries, isWhole: true });
  },
  find: (fits, limit, before) => {
    edge.journalAsked.push({ fits, limit, before });
    return edge.finding();
  },
};

const bucket: Pick<NodeBucket, 'has' | 'forget'> = {
  has: (node) => Promise.resolve(edge.members.has(node)),
  forget: (node) => {
    edge.members.delete(node);
    return Promise.resolve();
  },
};

const health: Pick<HealthClient, 'runCheck'> = {
  runCheck: (checker, wish) => {
    edge.runsAsked.push({ checker, wish });
    return edge.running();
  },
};

const haChannel = {
  onStatus: (take: (status: HaStatus) => void) => {
    edge.sayHa = take;
    return () => undefined;
  },
  askForStatus: () => undefined,
};

const haAsking = {
  ask: (node: string, question: HaQuestion) => {
    edge.wishes.push({ node, question });
    return edge.granting();
  },
};

const start = async (): Promise<void> => {
  const follower = new ClusterFollower({ feed: {} as never, hashOf: () => '' as Hash, lastServed: cluster });
  const beatsMs = () =>
    new Map([
      ['health-a', Date.now() - 3_600_000],
      ['health-b', Date.now()],
    ]);
  const verdicts = { current: () => new Map(), beatsMs } as unknown as VerdictMirror;
  const channel = { askForReports: () => undefined } as NodeChannel;
  const view = new ClusterView(follower, verdicts, channel, new SystemClock(), () => undefined);
  const ha = new HaView(haChannel, new SystemClock());
  const module = await Test.createTestingModule({ imports: [GatewayModule.with(GatewaySettings.parse({ nats: {} }))] })
    .overrideProvider(BUS)
    .useValue({ drain: () => Promise.resolve(), close: () => Promise.resolve() })
    .overrideProvider(ConfigClient)
    .useValue(config)
    .overrideProvider(Journal)
    .useValue(journal)
    .overrideProvider(NodeBucket)
    .useValue(bucket)
    .overrideProvider(HealthClient)
    .useValue(health)
    .overrideProvider(HaView)
    .useValue(ha)
    .overrideProvider(HaAsks)
    .useValue(new HaAsks(ha, view, haAsking))
    .overrideProvider(SealedStore)
    .useValue(new SealedStore(config, () => Promise.resolve(clusterKey)))
    .overrideProvider(ClusterView)
    .useValue(view)
    .compile();
  edge.app = module.createNestApplication<NestExpressApplication>({
    logger: false,
    bodyParser: false,
    forceCloseConnections: true, // keep-alive connections of fetch would be waited for
  });
  configureApp(edge.app);
  // fetch keeps connections; on a busy machine it would take up one that is just being closed.
  edge.app.getHttpServer().keepAliveTimeout = 60_000;
  ha.start();
  await edge.app.listen(0, '127.0.0.1');
  edge.origin = await edge.app.getUrl();
};

/** The edge serves while the tests of this file run. */
export const useEdge = (): void => {
  beforeAll(start);
  beforeEach(() => void Object.assign(edge, fresh()));
  afterAll(() => edge.app.close());
};

type Call = {
  readonly method?: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
};

export const call = (path: string, { method = 'GET', body, text, headers = {} }: Call = {}): Promise<Response> => {
  const content = text ?? (body === undefined ? null : JSON.stringify(body));
  return fetch(`${edge.origin}/api/v1${path}`, {
    method,
    body: content,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
  });
};

/** The problem of an answer, after checking that it is one. */
export const problemOf = async (response: Response): Promise<Problem> => {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
};
