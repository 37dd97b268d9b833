import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CheckerAway,
  ConfigAway,
  ConfigClient,
  HealthClient,
  Journal,
  type JournalFinding,
  NodeBucket,
  type NodeChannel,
  type VerdictMirror,
} from '@evenkeel/bus';
import { ClusterFollower, type Cluster, emptyCluster, withEvent } from '@evenkeel/cluster';
import {
  AvailabilityReport,
  type CheckRun,
  CheckRunAnswer,
  ClusterConfiguration,
  type ClusterRefusal,
  type CommandAnswer,
  type CommandRequest,
  defaultSettings,
  Forecast,
  type HaAnswer,
  HaDone,
  HaPicture,
  type HaQuestion,
  type HaStatus,
  type Hash,
  HealthHistory,
  HealthMatrix,
  type JournalEntry,
  type JournalRecord,
  JournalPage,
  type JudgedState,
  NodeName,
  NodeRemoval,
  Overview,
  Problem,
  type RealServerId,
  type RealServerInput,
  RealServerSpec,
  type RehearsalAnswer,
  type RehearsalRequest,
  type Revision,
  rpc,
  type RunCheck,
  type RunCheckAnswer,
  type SealedMaterial,
  type TokenAnswer,
  type VirtualServiceId,
  VirtualServiceResource,
  VirtualServiceSpec,
  WriteAnswer,
} from '@evenkeel/contracts';
import { ClusterKey, secretLabel } from '@evenkeel/kernel/sealing';
import { SystemClock } from '@evenkeel/kernel/system';
import { anActiveHaStatus, anHaStatus } from '@evenkeel/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { configureApp } from './app.ts';
import { ClusterView } from './book/cluster-view.ts';
import { makeCertificate } from './certificate/make-certificate.ts';
import { SealedStore } from './book/sealed-store.ts';
import { BUS, GatewayModule } from './gateway.module.ts';
import { HaAsks } from './ha/ha-asks.ts';
import { HaView } from './ha/ha-view.ts';
import { openApiDocument } from './openapi/document.ts';
import { GatewaySettings } from './settings.ts';

// The edge without a bus: `config` is a function here, and the cluster is the one below.

const secret = 's'.repeat(43);
const token = `ek_admin_${'0'.repeat(16)}_${secret}`;
const webId = '0199a000-0000-7000-8000-000000000001' as VirtualServiceId;
const pacs1Id = '0199a000-0000-7000-8000-000000000002' as RealServerId;

const web = {
  label: 'INFINITT_Web',
  address: '192.168.85.150',
  ports: [80],
  layer: 7,
  mode: 'http',
} as const;
const pacs1: RealServerInput = { label: 'INF_PACS1', address: '192.168.85.200' };

const occasion = {
  revision: 7 as Revision,
  time: '2026-11-22T03:00:00.000Z',
  actor: { name: 'administrator', kind: 'token', authenticatedBy: 'spec' },
} as const;

const cluster: Cluster = {
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

const taken: ClusterRefusal = {
  kind: 'address-and-port-in-use',
  address: '192.168.85.150',
  port: 104,
  transport: 'tcp',
  holder: { virtualServiceId: webId, label: 'INFINITT_Web' },
  inherited: false,
};

let asked: CommandRequest[] = [];
let answer: () => Promise<CommandAnswer>;
const done: CommandAnswer = {
  kind: 'done',
  outcome: { revision: 7 as Revision, changed: true, events: [], lint: [] },
};
let rehearsed: RehearsalRequest[] = [];
let rehearsal: RehearsalAnswer;
const foretold: RehearsalAnswer = {
  kind: 'done',
  rehearsal: { revision: 7 as Revision, changed: false, decisions: [], changes: [], lint: [] },
};
const clusterKey = new ClusterKey('k'.repeat(43));
let kept: SealedMaterial[] = [];
const config: Pick<ConfigClient, 'command' | 'rehearse' | 'token' | 'keepMaterial'> = {
  keepMaterial: (material) => {
    kept.push(material);
    return Promise.resolve({ kept: true });
  },
  rehearse: (request) => {
    rehearsed.push(request);
    return Promise.resolve(rehearsal);
  },
  command: (request) => {
    asked.push(request);
    return answer();
  },
  token: (id): Promise<TokenAnswer> =>
    Promise.resolve({
      token:
        id === '0'.repeat(16)
          ? {
              id,
              secretHash: createHash('sha256').update(secret).digest('hex') as Hash,
              name: 'administrator',
              role: 'admin',
              createdAt: occasion.time,
            }
          : null,
    }),
};

let finding: () => Promise<JournalFinding>;
let reading: readonly JournalEntry[] = [];
let subjectsRead: string[] = [];
let journalAsked: { fits: (entry: JournalEntry) => boolean; limit: number; before: number | undefined }[] = [];
let recorded: JournalRecord[] = [];
let writtenSince = '';
const journal: Pick<Journal, 'find' | 'append' | 'read' | 'extent'> = {
  append: (record) => {
    recorded.push(record);
    return Promise.resolve();
  },
  extent: () => Promise.resolve({ first: 1, last: 9, incarnation: '1', since: writtenSince }),
  read: (subject) => {
    subjectsRead.push(subject);
    const entries = subject.includes('verdict-changed') ? reading : [];
    return Promise.resolve({ entries, isWhole: true });
  },
  find: (fits, limit, before) => {
    journalAsked.push({ fits, limit, before });
    return finding();
  },
};

/** Nodes that share tables, as the bus has them. */
let members: Set<string>;
const bucket: Pick<NodeBucket, 'has' | 'forget'> = {
  has: (node) => Promise.resolve(members.has(node)),
  forget: (node) => {
    members.delete(node);
    return Promise.resolve();
  },
};

let runsAsked: { readonly checker: string; readonly wish: RunCheck }[] = [];
let running: () => Promise<RunCheckAnswer>;
const health: Pick<HealthClient, 'runCheck'> = {
  runCheck: (checker, wish) => {
    runsAsked.push({ checker, wish });
    return running();
  },
};

/** What nodes say of who answers for the addresses. */
let sayHa: (status: HaStatus) => void = () => undefined;
const haChannel = {
  onStatus: (take: typeof sayHa) => {
    sayHa = take;
    return () => undefined;
  },
  askForStatus: () => undefined,
};

let wishes: { readonly node: string; readonly question: HaQuestion }[] = [];
let granting: () => Promise<HaAnswer | 'nobody-there' | 'unanswered'>;
const haAsking = {
  ask: (node: string, question: HaQuestion) => {
    wishes.push({ node, question });
    return granting();
  },
};

let app: NestExpressApplication;
let origin: string;

beforeAll(async () => {
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
  app = module.createNestApplication<NestExpressApplication>({
    logger: false,
    bodyParser: false,
    forceCloseConnections: true, // keep-alive connections of fetch would be waited for
  });
  configureApp(app);
  // fetch keeps connections; on a busy machine it would take up one that is just being closed.
  app.getHttpServer().keepAliveTimeout = 60_000;
  ha.start();
  await app.listen(0, '127.0.0.1');
  origin = await app.getUrl();
});
beforeEach(() => {
  asked = [];
  kept = [];
  answer = () => Promise.resolve(done);
  rehearsed = [];
  rehearsal = foretold;
  finding = () => Promise.resolve({ entries: [], next: undefined });
  journalAsked = [];
  recorded = [];
  members = new Set(['lb-b']);
  reading = [];
  subjectsRead = [];
  runsAsked = [];
  writtenSince = '2020-01-01T00:00:00.000Z';
});
afterAll(() => app.close());

type Call = {
  readonly method?: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Record<string, string>;
};

const call = (path: string, { method = 'GET', body, text, headers = {} }: Call = {}): Promise<Response> => {
  const content = text ?? (body === undefined ? null : JSON.stringify(body));
  return fetch(`${origin}/api/v1${path}`, {
    method,
    body: content,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
  });
};

/** The problem of an answer, after checking that it is one. */
const problemOf = async (response: Response): Promise<Problem> => {
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const problem = Problem.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
};

describe('who may come in', () => {
  it.each([
    ['no token', ''],
    ['another scheme', 'Basic YTpi'],
    ['a token that is not one', 'Bearer nonsense'],
    ['an unknown token', `Bearer ek_admin_${'1'.repeat(16)}_${secret}`],
    ['a wrong secret', `Bearer ek_admin_${'0'.repeat(16)}_${'t'.repeat(43)}`],
  ])('turns away %s, and says what to send', async (_, authorization) => {
    const response = await call('/overview', { headers: { authorization } });
    expect(response.headers.get('www-authenticate')).toContain('Bearer');
    expect(await problemOf(response)).toMatchObject({ status: 401, code: 'not-signed-in' });
  });
});

describe('reading', () => {
  it('shows a virtual service with its real servers, its ETag and the revision it was read from', async () => {
    const response = await call(`/virtual-services/${webId}`);
    expect(response.headers.get('etag')).toBe('"7"');
    expect(response.headers.get('evenkeel-revision')).toBe('7');
    expect(VirtualServiceResource.parse(await response.json())).toMatchObject({
      id: webId,
      label: 'INFINITT_Web',
      revision: 7,
      realServers: [{ id: pacs1Id, label: 'INF_PACS1', weight: 100, intent: { intent: 'online' } }],
    });
  });

  it('lists in pages whose cursor leads on', async () => {
    const first = (await (await call('/virtual-services?limit=1')).json()) as { items: unknown[]; next?: string };
    expect(first.items).toHaveLength(1);
    expect(first.next).toBeUndefined();
    expect(await problemOf(await call('/virtual-services?cursor=bm9uc2Vuc2U'))).toMatchObject({ code: 'bad-cursor' });
  });

  it.each([
    ['/virtual-services/0199a000-0000-7000-8000-00000000ffff', 'unknown-virtual-service'],
    [`/virtual-services/${webId}/real-servers/${webId}`, 'unknown-real-server'],
    ['/machines/10.0.0.1', 'unknown-machine'],
    ['/machines/2001:db8::1', 'unknown-machine'],
    ['/nodes/nobody', 'unknown-node'],
    ['/commits/8/convergence', 'unknown-revision'],
    ['/nowhere', 'not-found'],
  ])('says that %s does not exist', async (path, code) => {
    expect(await problemOf(await call(path))).toMatchObject({ status: 404, code });
  });
});

describe('writing', () => {
  it('hands the wish to config with who, why and from where, and answers with the commit and where the nodes are', async () => {
    const response = await call('/virtual-services', {
      method: 'POST',
      body: { ...web, label: 'Other', ports: [81], reason: 'new viewer' },
      headers: { 'idempotency-key': 'once' },
    });
    expect(response.status).toBe(201);
    expect(WriteAnswer.parse(await response.json())).toMatchObject({ revision: 7, commit: '/api/v1/commits/7' });
    expect(asked).toMatchObject([
      {
        command: { kind: 'AddVirtualService', service: { label: 'Other', balance: 'least-connections' } },
        actor: { name: 'administrator', kind: 'token', authenticatedBy: `token ek_admin_${'0'.repeat(16)}` },
        reason: 'new viewer',
        idempotencyKey: 'once',
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain(secret);
  });

  it('demands If-Match before something that was read is changed or removed', async () => {
    for (const method of ['PATCH', 'DELETE']) {
      const problem = await problemOf(
        await call(`/virtual-services/${webId}`, { method, ...(method === 'PATCH' ? { body: {} } : {}) }),
      );
      expect(problem).toMatchObject({ status: 428, code: 'if-match-required' });
    }
    expect(asked).toEqual([]);
  });

  it('passes If-Match on as the version that the caller knows', async () => {
    await call(`/virtual-services/${webId}`, {
      method: 'PATCH',
      body: { label: 'Web' },
      headers: { 'if-match': '"7"' },
    });
    expect(asked).toMatchObject([{ ifMatch: 7, command: { changes: { label: 'Web' } } }]);
  });

  it('answers a stale version with the present one', async () => {
    answer = () =>
      Promise.resolve({
        kind: 'refused',
        refusal: { kind: 'stale-version', present: 9 as Revision, given: 7 as Revision },
      });
    const response = await call(`/virtual-services/${webId}`, { method: 'DELETE', headers: { 'if-match': '"7"' } });
    expect(await problemOf(response)).toMatchObject({ status: 412, code: 'stale-version', present: 9 });
  });

  it('says 503 and that nothing changed when config is not there, and when Postgres is not', async () => {
    answer = () => Promise.reject(new ConfigAway(rpc.command, false, undefined));
    const away = await call(`/machines/192.168.85.200/drain`, { method: 'POST', body: {} });
    expect(away.headers.get('retry-after')).toBe('2');
    expect(await problemOf(away)).toMatchObject({
      status: 503,
      detail: expect.stringContaining('Nothing was changed'),
    });
    answer = () => Promise.resolve({ kind: 'unavailable', detail: 'Postgres does not answer.', mayBeRecorded: true });
    const unsure = await problemOf(await call(`/machines/192.168.85.200/drain`, { method: 'POST', body: {} }));
    expect(unsure).toMatchObject({ status: 503, detail: expect.stringContaining('Idempotency-Key') });
  });
});

describe('a scope as one document', () => {
  it('is read with every field, labels instead of ids, and the revision of the book', async () => {
    const response = await call('/configuration?scope=manual');
    expect(response.headers.get('etag')).toBe('"7"');
    const document: unknown = await response.json();
    expect(ClusterConfiguration.parse(document)).toMatchObject({
      metadata: { cluster: 'radiology', scope: 'manual' },
      virtualServices: [{ label: 'INFINITT_Web', ports: [80], realServers: [{ label: 'INF_PACS1' }] }],
    });
    expect(JSON.stringify(document)).not.toContain(webId);
  });

  it('is handed to config as it was written, and what was done comes back', async () => {
    const summary = { added: [{ virtualService: 'DICOM' }], changed: [], removed: [] };
    answer = () =>
      Promise.resolve({
        kind: 'done',
        outcome: { revision: 7 as Revision, changed: true, events: [], summary, lint: [] },
      });
    const document = { apiVersion: 'evenkeel/v1' };
    const body = { document, prune: true, reason: 'file' };
    const response = await call('/configuration/apply', { method: 'POST', body });
    expect(response.status).toBe(200);
    expect(WriteAnswer.parse(await response.json())).toMatchObject({ summary });
    expect(asked).toMatchObject([
      { command: { kind: 'ApplyConfiguration', document, prune: true, force: false }, reason: 'file' },
    ]);
  });

  it.each<[string, ClusterRefusal, number, string]>([
    ['a port that is taken', { ...taken, at: '/virtualServices/2' }, 409, '#/virtualServices/2/ports'],
    [
      'a service that another scope owns',
      { kind: 'owned-by-another-scope', virtualServiceId: webId, label: 'W', scope: 's', at: '/virtualServices/0' },
      409,
      '#/virtualServices/0/label',
    ],
    ['a missing ticket', { kind: 'reason-required', missing: 'ticket', because: 'policy' }, 422, '#/ticket'],
  ])('is refused with the place of %s', async (_, refusal, status, pointer) => {
    answer = () => Promise.resolve({ kind: 'refused', refusal });
    const response = await call('/configuration/apply', { method: 'POST', body: { document: {} } });
    expect(await problemOf(response)).toMatchObject({ status, code: refusal.kind, errors: [{ pointer }] });
  });

  it('says how much it would remove', async () => {
    const [services, realServers] = [
      { removed: 3, most: 2 },
      { removed: 0, most: 4 },
    ];
    answer = () => Promise.resolve({ kind: 'refused', refusal: { kind: 'mass-removal', services, realServers } });
    const response = await call('/configuration/apply', { method: 'POST', body: { document: {} } });
    expect(await problemOf(response)).toMatchObject({
      status: 409,
      detail: expect.stringContaining('3 virtual services'),
    });
  });
});

describe('draining', () => {
  const drain = (body: object) =>
    call(`/virtual-services/${webId}/real-servers/${pacs1Id}/drain`, { method: 'POST', body });

  it('takes a deadline as a time from now, in its shortest form', async () => {
    expect((await drain({ deadline: '60m', reason: 'memory' })).status).toBe(200);
    expect(asked.at(-1)?.command).toMatchObject({ kind: 'DrainRealServer', clients: 'keep', deadline: '1h' });
  });

  it('takes a time to come back, of any time zone', async () => {
    expect((await drain({ until: '2026-05-04T06:00:00+02:00', reason: 'memory' })).status).toBe(200);
    expect(asked.at(-1)?.command).toMatchObject({ kind: 'DrainRealServer', until: '2026-05-04T04:00:00.000Z' });
    for (const until of ['06:00', '2026-05-04', '2026-05-04T06:00:00'])
      expect(await problemOf(await drain({ until }))).toMatchObject({ errors: [{ pointer: '#/until' }] });
  });

  it('refuses a deadline that is none', async () => {
    for (const deadline of ['soon', '0s', '8d'])
      expect(await problemOf(await drain({ deadline }))).toMatchObject({ errors: [{ pointer: '#/deadline' }] });
  });

  it('says who would be left, service by service, when it is refused', async () => {
    const [dicom, check] = [
      { virtualServiceId: webId, label: 'DICOM', left: ['INF_PACS2', 'INF_PACS3'], least: 3, of: 3 },
      { virtualServiceId: webId, label: 'CHECK', left: [], least: 1, of: 1 },
    ];
    answer = () =>
      Promise.resolve({
        kind: 'refused',
        refusal: { kind: 'last-available-real-server', services: [dicom, check] },
      });
    expect(await problemOf(await drain({}))).toMatchObject({
      status: 409,
      detail:
        'This would leave CHECK without an available real server. ' +
        'DICOM would be left with INF_PACS2, INF_PACS3: 3 of 3 must stay. ' +
        'Send force with a reason to do it all the same.',
    });
    answer = () => Promise.resolve({ kind: 'refused', refusal: { kind: 'below-watermark', services: [dicom] } });
    expect(await problemOf(await drain({}))).toMatchObject({
      status: 409,
      code: 'below-watermark',
      detail: expect.stringMatching(/^DICOM would be left with INF_PACS2, INF_PACS3: 3 of 3 must stay\./),
    });
  });
});

describe('reverting a commit', () => {
  it('asks config for it', async () => {
    const response = await call('/commits/5/revert', { method: 'POST', body: { reason: 'wrong file' } });
    expect(response.status).toBe(200);
    expect(asked).toMatchObject([
      { command: { kind: 'RevertCommit', revision: 5, force: false }, reason: 'wrong file' },
    ]);
  });

  it('names what stands in the way, and which revisions brought it', async () => {
    const things = [
      { label: 'DICOM', fields: ['ports'] },
      { label: 'MWL', fields: [] },
    ];
    const by = [6, 7] as Revision[];
    answer = () =>
      Promise.resolve({ kind: 'refused', refusal: { kind: 'changed-since', revision: 5 as Revision, things, by } });
    const detail = 'Changed since revision 5: DICOM (ports); MWL (added or removed). By revision 6, 7.';
    const problem = await problemOf(await call('/commits/5/revert', { method: 'POST', body: {} }));
    expect(problem).toMatchObject({ status: 409, code: 'changed-since', detail: expect.stringContaining(detail) });
  });

  it('needs a commit', async () => {
    const refusal = { kind: 'unknown-revision', revision: 9 as Revision, head: 7 as Revision } as const;
    answer = () => Promise.resolve({ kind: 'refused', refusal });
    const response = await call('/commits/9/revert', { method: 'POST', body: {} });
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'unknown-revision' });
  });
});

describe('the settings', () => {
  it('are read with their ETag, and changed only by somebody who has read them', async () => {
    const response = await call('/settings');
    expect(response.headers.get('etag')).toBe('"0"');
    expect(await response.json()).toEqual({ ...defaultSettings, revision: 0 });
    const body = { massRemovalPercent: 50, reason: 'small site' };
    expect((await call('/settings', { method: 'PATCH', body })).status).toBe(428);
    expect(asked).toEqual([]);
    const changed = await call('/settings', { method: 'PATCH', body, headers: { 'if-match': '"0"' } });
    expect(WriteAnswer.parse(await changed.json())).toMatchObject({ resource: { reasonRequired: 'none' } });
    expect(asked).toMatchObject([
      {
        command: { kind: 'SetClusterSettings', changes: { massRemovalPercent: 50 } },
        ifMatch: 0,
        reason: 'small site',
      },
    ]);
  });
});

describe('a machine with an IPv6 address', () => {
  it.each(['2001:db8::200', '2001:0DB8:0::0200', '2001%3Adb8%3A%3A200'])(
    'is written %s in a path, and in one way in the command',
    async (address) => {
      await call(`/machines/${address}/drain`, { method: 'POST', body: {} });
      expect(asked).toMatchObject([{ command: { kind: 'DrainMachine', address: '2001:db8::200' } }]);
    },
  );

  it.each([
    ['[2001:db8::200]', 'the address without brackets: 2001:db8::200'],
    ['::ffff:10.0.0.1', 'the IPv4 address itself: 10.0.0.1'],
    ['fe80::1%25eth0', expect.stringContaining('without a zone')],
  ])('is told what would be right for %s', async (address, expected) => {
    const refused = await problemOf(await call(`/machines/${address}`));
    expect(refused).toMatchObject({ status: 400, errors: [{ pointer: '#/address', expected }] });
  });
});

describe('a secret', () => {
  const credentials = { username: 'canary-user', password: 'canary-7Qx word' };
  const put = (body: object, query = '') => call(`/secrets/monitor${query}`, { method: 'PUT', body });

  it('is sealed before the command, which has neither name nor password of it, and shown to nobody', async () => {
    const response = await put({ ...credentials, reason: 'new' });
    expect(response.status).toBe(200);
    const [{ material, sealed } = { material: '', sealed: '' }] = kept;
    const facts = { kind: 'username-password', material };
    expect(asked).toMatchObject([{ command: { kind: 'StoreSecret', secret: 'monitor', facts }, reason: 'new' }]);
    expect(JSON.parse(clusterKey.open(secretLabel('monitor', material), sealed))).toEqual(credentials);
    expect(() => clusterKey.open(secretLabel('other', material), sealed)).toThrow();
    expect(JSON.stringify([asked, kept, await response.json()])).not.toContain('canary');
  });

  it('has the same name in the book when it is put again, and another one for another value or in a dry run', async () => {
    for (const password of ['one', 'one', 'two']) await put({ ...credentials, password });
    const [first, again, other] = kept.map(({ material }) => material);
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    await put({ ...credentials, password: 'one' }, '?dryRun=true');
    expect(JSON.stringify(rehearsed)).not.toContain(first);
    expect(kept).toHaveLength(3);
  });

  it.each([
    ['is a number', JSON.stringify({ ...credentials, password: 47_114_711 })],
    ['has a line end', JSON.stringify({ ...credentials, password: 'canary\n' })],
    ['is misspelt', JSON.stringify({ ...credentials, pasword: 'canary' })],
    ['has no quotes', '{"username":"u","password": canary-47114711}'],
    ['is no JSON', `{"username":"u","password":"canary-47114711"; "kind":"username-password"}`],
  ])('that %s is refused, and quoted nowhere', async (_what, text) => {
    const problem = await problemOf(await call('/secrets/monitor', { method: 'PUT', text }));
    expect(problem.status).toBe(400);
    expect(JSON.stringify(problem)).not.toMatch(/canary|4711/);
    expect([asked, kept]).toEqual([[], []]);
  });

  it('that nobody has stored is not there', async () => {
    expect(await (await call('/secrets')).json()).toEqual({ items: [] });
    expect(await problemOf(await call('/secrets/monitor'))).toMatchObject({ status: 404, code: 'unknown-secret' });
  });
});

describe('a dry run', () => {
  const service = `/virtual-services/${webId}`;
  const realServer = `${service}/real-servers/${pacs1Id}`;
  const machine = '/machines/192.168.85.200';
  const certificate = { chain: '', key: '' };
  beforeAll(async () => {
    const { cert, key } = await makeCertificate(['pacs.example.org']);
    Object.assign(certificate, { chain: cert, key });
  });
  const writes: readonly (readonly [method: string, path: string, body: object | undefined, kind: string])[] = [
    ['post', '/virtual-services', { ...web, label: 'Other', ports: [81] }, 'AddVirtualService'],
    ['patch', service, { label: 'Other' }, 'ModifyVirtualService'],
    ['delete', service, undefined, 'RemoveVirtualService'],
    ['post', `${service}/duplicate`, { label: 'Other' }, 'DuplicateVirtualService'],
    ['post', `${service}/enable`, {}, 'EnableVirtualService'],
    ['post', `${service}/disable`, {}, 'DisableVirtualService'],
    ['post', `${service}/real-servers`, pacs1, 'AddRealServer'],
    ['patch', realServer, { weight: 50 }, 'ModifyRealServer'],
    ['delete', realServer, undefined, 'RemoveRealServer'],
    ['post', `${realServer}/drain`, {}, 'DrainRealServer'],
    ['post', `${realServer}/halt`, {}, 'HaltRealServer'],
    ['post', `${realServer}/online`, {}, 'BringRealServerOnline'],
    ['post', `${machine}/drain`, {}, 'DrainMachine'],
    ['post', `${machine}/halt`, {}, 'HaltMachine'],
    ['post', `${machine}/online`, {}, 'BringMachineOnline'],
    ['post', '/commits/5/revert', {}, 'RevertCommit'],
    ['post', '/blueprints/infinitt-pacs/instantiate', { parameters: {} }, 'InstantiateBlueprint'],
    ['post', '/configuration/apply', { document: {} }, 'ApplyConfiguration'],
    ['patch', '/settings', { massRemovalPercent: 50 }, 'SetClusterSettings'],
    ['put', '/certificates/pacs', certificate, 'StoreCertificate'],
    ['delete', '/certificates/pacs', undefined, 'RemoveCertificate'],
    ['put', '/secrets/monitor', { username: 'u', password: 'p' }, 'StoreSecret'],
    ['delete', '/secrets/monitor', undefined, 'RemoveSecret'],
  ];

  it.each(writes)(
    'of %s %s commits nothing, whatever the write itself would answer',
    async (method, path, body, kind) => {
      const headers = { 'if-match': '"7"', 'idempotency-key': 'once' };
      const why = body === undefined ? '&reason=if' : '';
      const response = await call(`${path}?dryRun=true${why}`, {
        method: method.toUpperCase(),
        ...(body === undefined ? {} : { body: { ...body, reason: 'if' } }),
        headers,
      });
      expect(response.status).toBe(200);
      expect(Forecast.parse(await response.json())).toMatchObject({ dryRun: true, revision: 7, nodes: [], silent: [] });
      expect([asked, kept]).toEqual([[], []]);
      expect(rehearsed).toMatchObject([
        { commands: [{ kind }], actor: { name: 'administrator' }, reason: 'if', ifMatch: 7 },
      ]);
      expect(rehearsed[0]).not.toHaveProperty('idempotencyKey');
    },
  );

  it('is what the upload of a certificate is not: its key is sealed before the command, which holds facts only', async () => {
    const response = await call('/certificates/pacs', { method: 'PUT', body: certificate });
    expect(response.status).toBe(200);
    const [{ material, sealed } = { material: '', sealed: '' }] = kept;
    expect(asked).toMatchObject([{ command: { kind: 'StoreCertificate', certificate: 'pacs', facts: { material } } }]);
    expect(clusterKey.open(material, sealed)).toContain(certificate.key.trim());
    const key = certificate.key.split('\n')[1] ?? '';
    expect(JSON.stringify([asked, kept, await response.json()])).not.toContain(key);
  });

  it('is there for every write that there is', async () => {
    const { paths } = await openApiDocument(app);
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      (['post', 'patch', 'delete', 'put'] as const)
        .filter((method) => operations[method] !== undefined)
        .map((method) => ({ method, path, parameters: operations[method]?.parameters ?? [] })),
    );
    // Three that write nothing.
    const reading = ['/api/v1/forecast', '/api/v1/blueprints/{name}/preview', '/api/v1/health/checks/run'];
    const written = documented.filter(({ path }) => !reading.includes(path));
    const dry = written.filter(({ parameters }) => JSON.stringify(parameters).includes('"dryRun"'));
    expect(dry.map(({ method, path }) => `${method} ${path}`)).toEqual(
      written.map((one) => `${one.method} ${one.path}`),
    );
    // To forget a node and the two wishes of the election are in no book, so their dry runs are no forecasts: they have tests
    // of their own.
    expect(written).toHaveLength(writes.length + 3);
  });

  it('makes the same checks as the write: headers, body, refusals', async () => {
    const stale = await call(`${service}?dryRun=true`, { method: 'PATCH', body: { label: 'Other' } });
    expect(stale.status).toBe(428);
    const post = (body: object, query = 'dryRun=true') => call(`/virtual-services?${query}`, { method: 'POST', body });
    expect(await problemOf(await post({ ...web, ports: [0] }))).toMatchObject({ status: 400 });
    expect(await problemOf(await post(web, 'dryRun=maybe'))).toMatchObject({ status: 400 });
    expect(rehearsed).toEqual([]);
    rehearsal = { kind: 'refused', index: 0, refusal: taken };
    const problem = await problemOf(await post({ ...web, ports: [104] }));
    expect(problem).toMatchObject({ status: 409, code: 'address-and-port-in-use', errors: [{ pointer: '#/ports' }] });
    expect(problem.command).toBeUndefined();
    rehearsal = { kind: 'unavailable', detail: 'Postgres does not answer.', mayBeRecorded: false };
    expect(await problemOf(await post(web))).toMatchObject({ status: 503, code: 'book-unavailable' });
    expect(asked).toEqual([]);
  });

  it('is a write when it is asked for with false', async () => {
    const response = await call(`${machine}/drain?dryRun=false`, { method: 'POST', body: {} });
    expect(WriteAnswer.parse(await response.json())).toMatchObject({ revision: 7 });
    expect([asked.length, rehearsed.length]).toEqual([1, 0]);
  });
});

describe('a forecast of many commands', () => {
  const drain = { kind: 'DrainMachine', address: '192.168.85.200' };
  const add = { kind: 'AddVirtualService', service: { ...web, ports: [104] } };
  const ask = (body: object) => call('/forecast', { method: 'POST', body });

  it('hands them to config as one list', async () => {
    const response = await ask({ commands: [drain, add], reason: 'if' });
    expect(response.status).toBe(200);
    expect(Forecast.parse(await response.json())).toMatchObject({ dryRun: true });
    expect(rehearsed).toMatchObject([
      { commands: [{ ...drain, clients: 'keep', force: false }, { kind: 'AddVirtualService' }], reason: 'if' },
    ]);
    expect(asked).toEqual([]);
  });

  it('names the command that is refused, and points into the list', async () => {
    rehearsal = { kind: 'refused', index: 1, refusal: taken };
    expect(await problemOf(await ask({ commands: [drain, add] }))).toMatchObject({
      status: 409,
      command: 1,
      errors: [{ pointer: '#/commands/1/service/ports' }],
    });
    rehearsal = { kind: 'refused', index: 0, refusal: taken };
    expect(await problemOf(await ask({ commands: [add] }))).toMatchObject({
      command: 0,
      errors: [{ pointer: '#/commands/0/service/ports' }],
    });
    rehearsal = {
      kind: 'refused',
      index: 1,
      refusal: { kind: 'reason-required', missing: 'reason', because: 'policy' },
    };
    expect(await problemOf(await ask({ commands: [drain, add] }))).toMatchObject({ errors: [{ pointer: '#/reason' }] });
  });

  it.each([
    ['no commands', [], '#/commands'],
    ['more than a hundred', Array.from({ length: 101 }, () => drain), '#/commands'],
    ['one that does not exist', [drain, { kind: 'Explode' }], '#/commands/1/kind'],
    ['a field that does not fit', [{ ...drain, address: 'here' }], '#/commands/0/address'],
  ])('refuses %s', async (_, commands, pointer) => {
    const problem = await problemOf(await ask({ commands }));
    expect(problem).toMatchObject({ status: 400, code: 'invalid-input' });
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(rehearsed).toEqual([]);
  });
});

it('says in the overview where the nodes are with what it shows', async () => {
  const overview = Overview.parse(await (await call('/overview')).json());
  expect(overview).toMatchObject({ revision: 7, convergence: { revision: 7, state: 'pending', nodes: [] } });
});

describe('forgetting a node', () => {
  it('answers with what it was and who goes on without it, and puts on record who wanted it', async () => {
    const response = await call('/nodes/lb-b?reason=replaced&ticket=CHG-7', { method: 'DELETE' });
    const removal = NodeRemoval.parse(await response.json());
    expect(removal).toMatchObject({ node: 'lb-b', dryRun: false, state: 'unheard', droppedBy: [] });
    expect(recorded).toMatchObject([
      {
        kind: 'node-forgotten',
        id: removal.journal,
        node: 'lb-b',
        sentence: 'administrator has said that lb-b is gone for good: replaced',
        actor: { name: 'administrator', kind: 'token', address: '127.0.0.1' },
        ticket: 'CHG-7',
      },
    ]);
    expect(members).toEqual(new Set());
  });

  it('does nothing in a dry run', async () => {
    expect((await call('/nodes/lb-b?dryRun=true', { method: 'DELETE' })).status).toBe(200);
    expect([recorded, members]).toEqual([[], new Set(['lb-b'])]);
  });

  it('names a node that nobody knows, and a field that it does not know', async () => {
    const gone = await problemOf(await call('/nodes/lb-z', { method: 'DELETE' }));
    expect(gone).toMatchObject({ status: 404, code: 'unknown-node', detail: expect.stringContaining('lb-z') });
    const odd = await problemOf(await call('/nodes/lb-b?force=true', { method: 'DELETE' }));
    expect(odd).toMatchObject({ status: 400, errors: [{ pointer: expect.stringContaining('force') }] });
    expect(members).toEqual(new Set(['lb-b']));
  });
});

describe('the matrix of health', () => {
  const matrix = async (query: string) => HealthMatrix.parse(await (await call(`/health/matrix${query}`)).json());

  it('has a row for each service, a column for each machine, and a reason in each cell', async () => {
    expect(await matrix('')).toMatchObject({
      revision: 7,
      machines: ['192.168.85.200'],
      items: [
        {
          virtualService: { label: 'INFINITT_Web' },
          cells: [{ label: 'INF_PACS1', state: 'unknown', reason: 'never-checked' }],
        },
      ],
    });
  });

  it.each([
    [`?service=${webId}`, 1],
    [`?service=${pacs1Id}`, 0],
    ['?application=infinitt-pacs', 0],
    ['?machine=192.168.85.200', 1],
    ['?machine=192.168.85.201', 0],
    ['?problems=true', 1],
    [`?cursor=${Buffer.from('after:1').toString('base64url')}`, 0],
  ])('is narrowed by %s', async (query, count) => {
    expect((await matrix(query)).items).toHaveLength(count);
  });
});

describe('a check that is run now', () => {
  const run = {
    checker: 'health-b',
    kind: 'connect',
    target: { address: '192.168.85.200', port: 80 },
    timeout: '2s',
    result: {
      outcome: 'passed',
      reason: 'check-passed',
      detail: '192.168.85.200:80 accepted a connection',
      latencyMs: 1,
      at: occasion.time,
    },
    exchange: { steps: [{ afterMs: 1, by: 'server', what: 'TCP connection accepted' }], leftOut: 0 },
  } as const;
  const post = (body: unknown) => call('/health/checks/run', { method: 'POST', body });
  beforeEach(() => {
    running = () => Promise.resolve({ kind: 'done', run: structuredClone(run) as unknown as CheckRun });
  });

  it('is asked of a live checker, and the answer says what was said and who could have been chosen', async () => {
    const answer = CheckRunAnswer.parse(await (await post({ realServerId: pacs1Id })).json());
    expect(answer).toMatchObject({
      ...run,
      countsForVerdict: false,
      checkers: [
        { name: 'health-a', state: 'silent' },
        { name: 'health-b', state: 'live' },
      ],
    });
    expect(runsAsked).toEqual([{ checker: 'health-b', wish: { realServerId: pacs1Id } }]);
  });

  it('is asked of the checker that is chosen, with a definition that has its defaults', async () => {
    await post({ address: '192.168.85.200', check: { kind: 'http', port: 8042 }, checker: 'health-a' });
    expect(runsAsked).toMatchObject([
      { checker: 'health-a', wish: { check: { kind: 'http', port: 8042, method: 'HEAD', path: '/' } } },
    ]);
  });

  it.each([
    ['nobody', {}],
    ['two', { realServerId: pacs1Id, address: '192.168.85.200' }],
    ['a definition with a secret', { realServerId: pacs1Id, check: { kind: 'http', headers: { cookie: 'a=b' } } }],
    ['a checker whose name is a subject of the bus', { realServerId: pacs1Id, checker: '>' }],
  ])('is not asked of %s', async (_who, body) => {
    expect(await problemOf(await post(body))).toMatchObject({ status: 400, code: 'invalid-input' });
    expect(runsAsked).toEqual([]);
  });

  it.each([
    [404, 'unknown-real-server', { kind: 'refused', refusal: { kind: 'unknown-real-server' } }],
    [404, 'unknown-machine', { kind: 'refused', refusal: { kind: 'unknown-machine' } }],
    [422, 'check-needed', { kind: 'refused', refusal: { kind: 'check-needed' } }],
    [422, 'port-needed', { kind: 'refused', refusal: { kind: 'port-needed' } }],
    [422, 'nothing-to-ask', { kind: 'refused', refusal: { kind: 'nothing-to-ask', detail: 'no check' } }],
    [
      422,
      'unknown-secret',
      { kind: 'refused', refusal: { kind: 'unknown-secret', field: 'basicAuth', secret: 'monitor' } },
    ],
    [403, 'not-allowed', { kind: 'refused', refusal: { kind: 'not-allowed', detail: 'ours' } }],
    [429, 'checker-busy', { kind: 'busy', retryAfterSeconds: 7 }],
    [503, 'starting', { kind: 'starting' }],
  ] as const)('ends with %s %s', async (status, code, refused) => {
    running = () => Promise.resolve(refused);
    const response = await post({ realServerId: pacs1Id });
    expect(response.headers.get('retry-after')).toBe(code === 'checker-busy' ? '7' : status === 503 ? '1' : null);
    expect(await problemOf(response)).toMatchObject({ status, code });
  });

  it('says that the chosen checker is away', async () => {
    running = () => Promise.reject(new CheckerAway('health-a', undefined));
    const problem = await problemOf(await post({ realServerId: pacs1Id, checker: 'health-a' }));
    expect(problem).toMatchObject({ status: 503, code: 'checker-away' });
  });
});

describe('the report of availability', () => {
  const [startMs, hourMs] = [Date.now() - 86_400_000, 3_600_000];
  const time = (hours: number): string => new Date(startMs + hours * hourMs).toISOString();
  const went = (hours: number, from: JudgedState, to: JudgedState): JournalEntry => ({
    kind: 'verdict-changed',
    id: `health-1:spec:${hours}`,
    sequence: hours + 10,
    time: time(hours),
    node: NodeName.parse('health-1'),
    sentence: `it is ${to}`,
    entities: [],
    checker: 'health-1',
    virtualService: { id: webId, label: 'INFINITT_Web' },
    realServer: { id: pacs1Id, label: 'INF_PACS1' },
    machine: '192.168.85.200',
    from,
    to,
    detail: 'spec',
    evidence: [],
  });
  const report = async (query: string) =>
    AvailabilityReport.parse(await (await call(`/health/availability?${query}`)).json());
  const hours = `from=${time(0)}&to=${time(10)}`;
  const shares = { upMs: 6 * hourMs, downMs: 2 * hourMs, unknownMs: 2 * hourMs, availability: 0.75, outages: 1 };
  beforeEach(() => {
    reading = [went(2, 'none', 'up'), went(6, 'up', 'down'), went(8, 'down', 'up'), went(11, 'up', 'down')];
  });

  it('says for a service and its real servers how long they were up, down and unknown', async () => {
    const { from, to, items } = await report(hours);
    expect([from, to]).toEqual([time(0), time(10)]);
    expect(items).toMatchObject([
      { virtualService: { label: 'INFINITT_Web' }, ...shares, realServers: [{ label: 'INF_PACS1', ...shares }] },
    ]);
  });

  it('says the same of machines', async () => {
    expect((await report(`${hours}&by=machine`)).items).toMatchObject([{ machine: '192.168.85.200', ...shares }]);
    expect((await report(`${hours}&by=machine&machine=192.168.85.201`)).items).toEqual([]);
    expect((await report(`${hours}&service=${pacs1Id}`)).items).toEqual([]);
  });

  it('knows nothing of the time before the journal', async () => {
    writtenSince = time(4);
    expect((await report(hours)).items).toMatchObject([
      { upMs: 4 * hourMs, downMs: 2 * hourMs, unknownMs: 4 * hourMs },
    ]);
  });

  it('is of the last day when nobody says otherwise, and nothing is up that nobody speaks of now', async () => {
    reading = [];
    const { from, to, items } = await report('');
    expect(Date.parse(to) - Date.parse(from)).toBe(24 * hourMs);
    expect(items).toMatchObject([{ upMs: 0, downMs: 0, availability: null }]);
  });

  it.each([`from=${time(5)}&to=${time(5)}`, 'from=2020-01-01T00:00:00.000Z', 'from=2999-01-01T00:00:00.000Z'])(
    'refuses the period %s',
    async (query) => {
      const problem = await problemOf(await call(`/health/availability?${query}`));
      expect(problem).toMatchObject({ status: 422, code: 'bad-period' });
    },
  );
});

describe('the history of a real server', () => {
  const change = (sequence: number, hour: string): JournalEntry => ({
    kind: 'verdict-changed',
    id: `health-1:spec:${sequence}`,
    sequence,
    time: `2026-11-22T${hour}:00:00.000Z`,
    node: NodeName.parse('health-1'),
    sentence: 'INF_PACS1 was up and is down',
    entities: [],
    checker: 'health-1',
    virtualService: { id: webId, label: 'INFINITT_Web' },
    realServer: { id: pacs1Id, label: 'INF_PACS1' },
    machine: '192.168.85.200',
    from: 'up',
    to: 'down',
    reason: 'connect-refused',
    detail: 'refused',
    evidence: [],
  });
  const history = async (query = '') =>
    HealthHistory.parse(await (await call(`/health/real-servers/${pacs1Id}${query}`)).json());
  const placesIn = ({ changes }: HealthHistory) => changes.map(({ sequence }) => sequence);

  it('says how it is now, and how it came to that, the newest change first', async () => {
    reading = [change(4, '03'), change(9, '04')];
    const told = await history();
    expect(told).toMatchObject({ virtualService: { label: 'INFINITT_Web' }, now: { state: 'unknown' }, results: [] });
    expect(placesIn(told)).toEqual([9, 4]);
    expect(subjectsRead).toEqual([`evenkeel.journal.radiology.*.verdict-changed.*.${pacs1Id}`]);
  });

  it('is given in pages, and between two times', async () => {
    reading = [change(4, '03'), change(9, '04'), change(12, '05')];
    const first = await history('?limit=2');
    expect(placesIn(first)).toEqual([12, 9]);
    expect(placesIn(await history(`?limit=2&cursor=${first.next}`))).toEqual([4]);
    expect(placesIn(await history('?from=2026-11-22T03:30:00.000Z&to=2026-11-22T04:30:00.000Z'))).toEqual([9]);
  });

  it("is nobody's that is not in the book", async () => {
    const response = await call(`/health/real-servers/${webId}`);
    expect(await problemOf(response)).toMatchObject({ status: 404, code: 'unknown-real-server' });
  });
});

describe('the journal', () => {
  const entry: JournalEntry = {
    kind: 'rejected',
    id: 'lb-a:spec:1',
    sequence: 41,
    time: '2026-11-22T03:00:00.000Z',
    node: NodeName.parse('lb-a'),
    sentence: 'HAProxy refused revision 7',
    entities: [pacs1Id],
    engine: 'haproxy',
    revision: 7 as Revision,
    words: 'cannot bind',
  };

  it('is given in pages, and the cursor of one leads to the next', async () => {
    finding = () => Promise.resolve({ entries: [entry], next: 41 });
    const page = JournalPage.parse(await (await call('/journal?limit=1')).json());
    expect(page.items).toEqual([entry]);
    await call(`/journal?cursor=${page.next}`);
    expect(journalAsked).toMatchObject([
      { limit: 1, before: undefined },
      { limit: 50, before: 41 },
    ]);
  });

  it.each([
    ['kind=rejected', true],
    ['kind=drift-repaired', false],
    ['node=lb-a', true],
    ['node=lb-b', false],
    [`entity=${pacs1Id}`, true],
    [`entity=${webId}`, false],
    ['from=2026-11-22T03:00:00.000Z&to=2026-11-22T04:00:00.000Z', true],
    ['from=2026-11-22T03:00:00.001Z', false],
    ['to=2026-11-22T02:59:59.999Z', false],
    ['machine=192.168.85.200', false],
  ])('is searched with %s', async (query, isFound) => {
    expect((await call(`/journal?${query}`)).status).toBe(200);
    expect(journalAsked.map(({ fits }) => fits(entry))).toEqual([isFound]);
  });

  it('is searched for what befell a machine', async () => {
    const changed = { ...entry, kind: 'verdict-changed', machine: '192.168.85.200' } as unknown as JournalEntry;
    await call('/journal?machine=192.168.85.200');
    await call('/journal?machine=192.168.85.201');
    expect(journalAsked.map(({ fits }) => fits(changed))).toEqual([true, false]);
  });

  it('names a filter that it does not know', async () => {
    expect(await problemOf(await call('/journal?kind=gossip'))).toMatchObject({ status: 400 });
    expect(await problemOf(await call('/journal?mood=bad'))).toMatchObject({ status: 400 });
  });

  it('is out of reach when the bus is', async () => {
    finding = () => Promise.reject(new Error('no responders'));
    expect(await problemOf(await call('/journal'))).toMatchObject({ status: 503, code: 'journal-unavailable' });
  });
});

describe('bad input changes nothing', () => {
  const post = (body: unknown) => call('/virtual-services', { method: 'POST', body });

  it.each([
    ['an unknown field', { ...web, colour: 'red' }, '#/colour'],
    ['a port out of range', { ...web, ports: [70_000] }, '#/ports/0'],
    ['an address that is none', { ...web, address: '192.168.85.500' }, '#/address'],
    ['a label with a control character', { ...web, label: 'a\nb' }, '#/label'],
    ['a list of 10,000 ports', { ...web, ports: Array.from({ length: 10_000 }, (_, index) => index + 1) }, '#/ports'],
    ['a weight of the wrong type', { ...web, realServers: [{ ...pacs1, weight: 'heavy' }] }, '#/realServers/0/weight'],
    ['a missing address', { ...web, address: undefined }, '#/address'],
  ])('names the place of %s', async (_, body, pointer) => {
    const problem = await problemOf(await post(body));
    expect(problem).toMatchObject({ status: 400, code: 'invalid-input' });
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(asked).toEqual([]);
  });

  it('names all errors of a body at once', async () => {
    const problem = await problemOf(await post({ ...web, ports: [0], label: '', address: 'here' }));
    expect(problem.errors?.map((error) => error.pointer).toSorted()).toEqual(['#/address', '#/label', '#/ports/0']);
  });

  it('tells a value that is right in another mode from a wrong one', async () => {
    const problem = await problemOf(await post({ ...web, mode: 'tcp', persistence: { kind: 'http-cookie' } }));
    expect(problem).toMatchObject({ status: 422, code: 'invalid-combination' });
  });

  it('does not send a label of almost 1 MiB back', async () => {
    const response = await post({ ...web, label: 'x'.repeat(1_000_000) });
    expect((await response.text()).length).toBeLessThan(2_000);
    expect(response.status).toBe(400);
  });

  it.each([
    ['what is not JSON', { method: 'POST', text: '{"label":' }, 400, 'bad-request'],
    [
      'more than 1 MiB',
      { method: 'POST', text: JSON.stringify({ label: 'x'.repeat(1_100_000) }) },
      413,
      'body-too-large',
    ],
    [
      'another content type',
      { method: 'POST', text: 'a=b', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'wrong-content-type',
    ],
    ['an If-Match that is no ETag', { method: 'POST', body: web, headers: { 'if-match': 'seven' } }, 400, 'bad-header'],
    [
      'an Idempotency-Key with a space',
      { method: 'POST', body: web, headers: { 'idempotency-key': 'a b' } },
      400,
      'bad-header',
    ],
  ])('refuses %s', async (_, request, status, code) => {
    expect(await problemOf(await call('/virtual-services', request))).toMatchObject({ status, code });
    expect(asked).toEqual([]);
  });

  it('refuses a query field that it does not know, and a time that is too long', async () => {
    expect(
      await problemOf(await call('/machines/192.168.85.200/drain?wat=1', { method: 'POST', body: {} })),
    ).toMatchObject({ status: 400 });
    expect(
      await problemOf(await call('/machines/192.168.85.200/drain?timeout=2h', { method: 'POST', body: {} })),
    ).toMatchObject({ status: 400 });
  });
});

it('sends no header that names its software, and all that protect a browser', async () => {
  const { headers } = await call('/overview');
  expect(headers.get('x-powered-by')).toBeNull();
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toContain("default-src 'self'");
});

describe('who answers for the addresses', () => {
  const groups = async () => HaPicture.parse(await (await call('/ha')).json()).groups;

  it('is told, with why, how old that is, and what would happen if that node died now', async () => {
    expect(await groups()).toEqual([]);
    sayHa(anActiveHaStatus({ sequence: 1 }));
    sayHa(anHaStatus({ sequence: 1 }));
    const [group] = await groups();
    expect(group).toMatchObject({
      state: 'served',
      holder: { node: 'lb-a', epoch: 7 },
      nodes: [{ node: 'lb-a', state: 'live', reason: expect.stringContaining('consented') }, { node: 'lb-b' }],
      drill: { outcome: 'moves', to: 'lb-b' },
    });
    expect(group?.nodes[0]?.ageMs).toBeLessThan(3_000);
    expect(group).not.toHaveProperty('alarm');
  });

  it('is an alarm when two do', async () => {
    sayHa(anActiveHaStatus({ sequence: 2 }));
    sayHa(anHaStatus({ sequence: 2, role: 'active', epoch: 8 }));
    expect(await groups()).toMatchObject([{ state: 'two-active', alarm: expect.stringContaining('lb-b (epoch 8)') }]);
  });
});

describe('a wish of the election', () => {
  const done: HaAnswer = {
    kind: 'done',
    changed: true,
    moves: true,
    sentence: 'lb-b serves the addresses, 34 ms after it was asked for',
    handover: { from: NodeName.parse('lb-a'), tookMs: 34, silentMsMost: 60 },
  };
  const post = (path: string, body: unknown) => call(`/ha/${path}`, { method: 'POST', body });
  let sequence = 100;
  beforeEach(() => {
    wishes = [];
    granting = () => Promise.resolve(done);
    sequence += 1;
    sayHa(anActiveHaStatus({ sequence }));
    sayHa(anHaStatus({ sequence }));
  });

  it('is asked of the node with who, when and why, and answered with what was measured', async () => {
    const response = await post('make-active', { node: 'lb-b', reason: 'new power supply in lb-a', ticket: 'CHG-7' });
    expect(response.status).toBe(200);
    expect(HaDone.parse(await response.json())).toEqual({
      node: 'lb-b',
      group: 'addresses',
      dryRun: false,
      changed: true,
      sentence: 'lb-b serves the addresses, 34 ms after it was asked for',
      breaksConnections: true,
      handover: { from: 'lb-a', tookMs: 34, silentMsMost: 60 },
    });
    expect(wishes).toMatchObject([
      {
        node: 'lb-b',
        question: {
          group: 'addresses',
          wish: { kind: 'make-active' },
          dryRun: false,
          actor: { name: 'administrator' },
          reason: 'new power supply in lb-a',
          ticket: 'CHG-7',
        },
      },
    ]);
  });

  it('of maintenance says whether it is to begin or to end, and a dry run that it is one', async () => {
    const body = HaDone.parse(await (await post('maintenance?dryRun=true', { node: 'lb-b', on: false })).json());
    expect(body.dryRun).toBe(true);
    expect(wishes).toMatchObject([{ question: { wish: { kind: 'maintenance', isOn: false }, dryRun: true } }]);
  });

  it.each([
    [409, 'already-active', 'epoch 9', { kind: 'already-active', epoch: 9 }],
    [
      409,
      'in-maintenance',
      'by anna (new memory). End that first: POST /ha/maintenance with "on": false',
      { kind: 'in-maintenance', maintenance: { since: occasion.time, by: 'anna', reason: 'new memory' } },
    ],
    [409, 'not-able', 'listens before it stands', { kind: 'not-able', detail: 'it listens before it stands' }],
  ] as const)('is refused with %s %s, and says what would be right', async (status, code, words, refusal) => {
    granting = () => Promise.resolve({ kind: 'refused', refusal });
    const problem = await problemOf(await post('make-active', { node: 'lb-b' }));
    expect(problem).toMatchObject({ status, code, detail: expect.stringContaining(words) });
  });

  it('that did not come about says why', async () => {
    granting = () =>
      Promise.resolve({ kind: 'not-in-time', waitedMs: 2_100, why: 'lb-a serves the addresses (epoch 7)' });
    expect(await problemOf(await post('make-active', { node: 'lb-b' }))).toMatchObject({
      status: 409,
      code: 'not-taken-over',
      detail: 'lb-b was called, and does not serve after 2100 ms: lb-a serves the addresses (epoch 7).',
    });
  });

  it('names a node that nobody knows, and one that does not answer, with what may have become of it', async () => {
    granting = () => Promise.resolve('nobody-there');
    expect(await problemOf(await post('make-active', { node: 'lb-c' }))).toMatchObject({
      status: 404,
      code: 'unknown-node',
      errors: [{ pointer: '#/node', expected: 'Its nodes: lb-a, lb-b.' }],
    });
    const absent = await problemOf(await post('make-active', { node: 'lb-b' }));
    expect(absent).toMatchObject({ status: 503, code: 'node-not-heard' });
    expect(absent.detail).toContain('Nothing was changed.');
    granting = () => Promise.resolve('unanswered');
    expect((await problemOf(await post('make-active', { node: 'lb-b' }))).detail).toContain('It may have been done');
  });

  it('needs a group where there are several', async () => {
    sayHa(anHaStatus({ sequence, group: 'second' }));
    expect(await problemOf(await post('make-active', { node: 'lb-b' }))).toMatchObject({
      status: 422,
      code: 'group-needed',
    });
    expect(wishes).toEqual([]);
    expect((await post('make-active', { node: 'lb-b', group: 'second' })).status).toBe(200);
    expect(wishes).toMatchObject([{ question: { group: 'second' } }]);
  });
});

describe('the API document', () => {
  it('is the committed one', async () => {
    const file = join(import.meta.dirname, '../../../docs/reference/openapi.json');
    const document = `${JSON.stringify(await openApiDocument(app), null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN === '1') await writeFile(file, document);
    expect(document).toBe(await readFile(file, 'utf8').catch(() => 'missing: run this test with UPDATE_GOLDEN=1'));
  });

  it('is served to people and programs, whoever asks first', async () => {
    const paths = ['/api/docs', '/api/docs-json', '/api/docs/swagger-ui.css', '/api/docs/nothing'];
    const [page, json, style, nothing] = await Promise.all(paths.map((path) => fetch(origin + path)));
    expect(await page?.text()).toContain('<title>Evenkeel API</title>');
    expect(page?.headers.get('x-powered-by')).toBeNull();
    expect(await json?.json()).toEqual(JSON.parse(JSON.stringify(await openApiDocument(app))));
    expect(style?.status).toBe(200);
    expect(nothing?.status).toBe(404);
  });
});
