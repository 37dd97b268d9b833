import {
  type Actor,
  type ClusterSnapshot,
  type Commit,
  type Hash,
  type HttpService,
  type HttpsRedirect,
  type Layer4TcpService,
  LogName,
  NodeName,
  type NodeReport,
  noHash,
  type RealServerInput,
  RealServerSpec,
  type RealServerState,
  type Revision,
  type TcpService,
  type TcpUdpService,
  type UdpService,
  type Verdict,
  VirtualServiceSpec,
  type VirtualServiceState,
  type HaStatus,
} from '@evenkeel/contracts';
import type * as z from 'zod';
import { commitId, realServerId, virtualServiceId } from './ids.ts';

// Complete, valid things of the reference deployment. A test names only what it is about.

/** Some fields of one kind of service. */
export type ServiceFields =
  | Partial<z.input<typeof HttpService>>
  | Partial<z.input<typeof HttpsRedirect>>
  | Partial<z.input<typeof TcpService>>
  | Partial<z.input<typeof Layer4TcpService>>
  | Partial<z.input<typeof UdpService>>
  | Partial<z.input<typeof TcpUdpService>>;

/** DICOM on 192.168.85.150:104, layer 7 in mode `tcp`, unless told otherwise. */
export const aServiceSpec = (fields: ServiceFields = {}): VirtualServiceSpec =>
  VirtualServiceSpec.parse({
    label: 'DICOM',
    address: '192.168.85.150',
    ports: [104],
    layer: 7,
    mode: 'tcp',
    ...fields,
  });

/** INF_PACS1 at 192.168.85.200, weight 100, port inherited. */
export const aRealServerSpec = (fields: Partial<RealServerInput> = {}): RealServerSpec =>
  RealServerSpec.parse({ label: 'INF_PACS1', address: '192.168.85.200', ...fields });

export const someTime = '2026-03-01T08:00:00.000Z';

/** The state of a service; its id follows its number unless given. */
export const aVirtualService = ({
  spec,
  ...state
}: Partial<Omit<VirtualServiceState, 'spec'>> & { readonly spec?: ServiceFields } = {}): VirtualServiceState => {
  const number = state.number ?? 1;
  return {
    id: virtualServiceId(number),
    number,
    spec: aServiceSpec(spec),
    enabled: true,
    version: 1 as Revision,
    ...state,
  };
};

/** The state of a real server of `aVirtualService()`, online; its id follows its number unless given. */
export const aRealServer = ({
  spec,
  ...state
}: Partial<Omit<RealServerState, 'spec'>> & { readonly spec?: Partial<RealServerInput> } = {}): RealServerState => {
  const number = state.number ?? 2;
  return {
    id: realServerId(number),
    virtualServiceId: virtualServiceId(1),
    number,
    spec: aRealServerSpec(spec),
    intent: { intent: 'online' },
    intentSince: someTime,
    intentBy: 'admin',
    version: 1 as Revision,
    ...state,
  };
};

/** A whole cluster as plain data, at revision 1 unless told otherwise. */
export const aSnapshot = (
  virtualServices: readonly VirtualServiceState[],
  realServers: readonly RealServerState[],
  fields: Partial<ClusterSnapshot> = {},
): ClusterSnapshot => ({
  format: 1,
  revision: 1 as Revision,
  hash: noHash,
  nextNumber: 1 + Math.max(0, ...[...virtualServices, ...realServers].map(({ number }) => number)),
  virtualServices: [...virtualServices],
  realServers: [...realServers],
  ...fields,
});

export const anActor = (fields: Partial<Actor> = {}): Actor => ({
  name: 'admin',
  kind: 'user',
  authenticatedBy: 'token ek_admin_4f',
  ...fields,
});

/** A commit of cluster `radiology`; `events` have no usual value. */
export const aCommit = (fields: Partial<Commit> & Pick<Commit, 'events'>): Commit => ({
  format: 1,
  log: LogName.parse('cluster:radiology'),
  revision: 1 as Revision,
  commitId: commitId(fields.revision ?? 1),
  time: someTime,
  actor: anActor(),
  entities: [],
  previousHash: noHash,
  ...fields,
});

/** Up, by a passed check. */
export const aVerdict = (fields: Partial<Verdict> = {}): Verdict => ({
  realServerId: realServerId(2),
  state: 'up',
  reason: 'check-passed',
  detail: 'TCP connection to 192.168.85.200:104 opened',
  since: someTime,
  checker: 'health-1',
  evidence: [],
  ...fields,
});

/** The standby of a pair, which hears the other one serve and could take over. */
export const anHaStatus = (fields: Partial<HaStatus> = {}): HaStatus => ({
  node: NodeName.parse('lb-b'),
  group: 'addresses',
  boot: 1,
  sequence: 1,
  time: someTime,
  role: 'standby',
  epoch: 7,
  since: someTime,
  reason: 'lb-a serves the addresses (epoch 7)',
  rank: 2,
  addresses: ['192.168.85.150'],
  profile: 'safe',
  scheduling: 'realtime',
  deadMs: 500,
  canServe: true,
  evidence: {
    peers: [{ node: NodeName.parse('lb-a'), rank: 1, isLive: true, heardMsAgo: 20, says: 'active', epoch: 7 }],
    gateway: { asked: ['192.168.85.1'], answers: true, answeredMsAgo: 30 },
    silentMs: 20,
  },
  ignored: {},
  ...fields,
});

/** The one of that pair that serves. */
export const anActiveHaStatus = (fields: Partial<HaStatus> = {}): HaStatus =>
  anHaStatus({
    node: NodeName.parse('lb-a'),
    role: 'active',
    rank: 1,
    reason: 'this node serves the addresses (epoch 7): the other node consented',
    evidence: {
      peers: [{ node: NodeName.parse('lb-b'), rank: 2, isLive: true, heardMsAgo: 20, says: 'standby', epoch: 7 }],
      gateway: { asked: ['192.168.85.1'], answers: true, answeredMsAgo: 300 },
      silentMs: 20,
    },
    ...fields,
  });

/** A node that has seen all of a short book, and has nothing to complain of. */
export const aNodeReport = (fields: Partial<NodeReport> = {}): NodeReport => ({
  node: NodeName.parse('lb-a'),
  sequence: 1,
  run: 'first',
  time: someTime,
  received: 7 as Revision,
  observed: 7 as Revision,
  configurationHash: 'a'.repeat(64) as Hash,
  method: 'runtime',
  reloadReasons: [],
  durationMs: 3,
  waitingFor: [],
  layer4: { state: 'able' },
  version: '0.1.0',
  ...fields,
});
