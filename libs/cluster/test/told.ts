import {
  type CertificateFacts,
  type ClusterCommand,
  type ClusterEvent,
  type ClusterRefusal,
  ClusterSettings,
  type RealServerId,
  type RealServerInput,
  type RealServerSpec,
  type Revision,
  type SecretFacts,
  type ShortService,
  type VerdictState,
} from '@evenkeel/contracts';
import { accept, type Result } from '@evenkeel/kernel';
import {
  anActor,
  aRealServerSpec,
  aServiceSpec,
  countingIds,
  realServerId,
  ruleSpec,
  type ServiceFields,
  someTime,
  virtualServiceId,
} from '@evenkeel/testing';
import {
  type Cluster,
  decide,
  type DecisionContext,
  emptyCluster,
  type Occasion,
  touched,
  withEvent,
} from '../src/index.ts';

// Decisions told as given, when, then. In these tales services have numbers below 50 and real servers from 51 on.

export const someOccasion: Occasion = { revision: 1 as Revision, time: someTime, actor: anActor(), reason: undefined };

/** New ids count up from 101, so that they never meet one that a tale gives itself. */
export const aContext = (fields: Partial<DecisionContext> = {}): DecisionContext => ({
  verdictOf: () => 'unknown',
  ...countingIds(100),
  nowMs: Date.parse(someTime),
  reservedPorts: new Map([[9443, 'the console']]),
  hasReason: false,
  hasTicket: false,
  clusterName: 'radiology',
  ...fields,
});

export const ruleIn = (fields: Partial<DecisionContext> = {}) =>
  ruleSpec<Cluster, ClusterEvent, ClusterCommand, ClusterRefusal>({
    decide: (cluster, command): Result<readonly ClusterEvent[], ClusterRefusal> => {
      const decided = decide(cluster, command, aContext(fields));
      return decided.ok ? accept(decided.value.events) : decided;
    },
    evolve: (cluster, event) => withEvent(cluster, event, someOccasion),
    start: emptyCluster,
  });

export const rule = ruleIn();

export const clusterOf = (...events: readonly ClusterEvent[]): Cluster =>
  events.reduce((cluster, event) => withEvent(cluster, event, someOccasion), emptyCluster);

/** In a refusal: a service that would have too few available real servers, of so many; nobody unless told otherwise. */
export const short = (
  id: number,
  label: string,
  of: number,
  { left = [], least = 1 }: { readonly left?: string[]; readonly least?: number } = {},
): ShortService => ({ virtualServiceId: virtualServiceId(id), label, left, least, of });

/** Verdicts by the number of the real server; the others are unknown. */
export const verdicts =
  (states: Readonly<Record<number, VerdictState>>) =>
  (id: RealServerId): VerdictState =>
    Object.entries(states).find(([number]) => realServerId(Number(number)) === id)?.[1] ?? 'unknown';

/** Service 1 is DICOM at 192.168.85.150:104, layer 7 in mode tcp, unless told otherwise. */
export const serviceAdded = (id: number, fields: ServiceFields = {}, number = id): ClusterEvent => ({
  kind: 'VirtualServiceAdded',
  virtualServiceId: virtualServiceId(id),
  number,
  service: aServiceSpec(fields),
});

/** Real server 51 is INF_PACS1 at 192.168.85.200, 52 is INF_PACS2 at .201, and so on, unless told otherwise. */
export const serverAdded = (
  id: number,
  service: number,
  realServer: RealServerSpec = pacs(id - 50),
  number = id,
): ClusterEvent => ({
  kind: 'RealServerAdded',
  virtualServiceId: virtualServiceId(service),
  realServerId: realServerId(id),
  number,
  realServer,
});

export const pacs = (nth: number, fields: Partial<RealServerInput> = {}): RealServerSpec =>
  aRealServerSpec({ label: `INF_PACS${nth}`, address: `192.168.85.${199 + nth}`, ...fields });

export const drainStarted = (number: number, clients: 'keep' | 'forget' = 'keep', deadline?: string): ClusterEvent => ({
  kind: 'RealServerDrainStarted',
  realServerId: realServerId(number),
  clients,
  ...(deadline === undefined ? {} : { deadline }),
});
export const halted = (number: number, connections: 'close' | 'finish' = 'close'): ClusterEvent => ({
  kind: 'RealServerHalted',
  realServerId: realServerId(number),
  connections,
});
export const haltedUntil = (number: number, until: string): ClusterEvent => ({
  kind: 'RealServerHalted',
  realServerId: realServerId(number),
  connections: 'close',
  until,
});
export const broughtOnline = (number: number): ClusterEvent => ({
  kind: 'RealServerBroughtOnline',
  realServerId: realServerId(number),
});
export const disabled = (number: number): ClusterEvent => ({
  kind: 'VirtualServiceDisabled',
  virtualServiceId: virtualServiceId(number),
});

/** DICOM with two real servers: 51 and 52. */
export const dicomWithTwo = [serviceAdded(1), serverAdded(51, 1), serverAdded(52, 1)] as const;

export const addService = (fields: ServiceFields = {}, ...realServers: RealServerSpec[]): ClusterCommand => ({
  kind: 'AddVirtualService',
  service: aServiceSpec(fields),
  realServers,
});
type Patch = Extract<ClusterCommand, { kind: 'ModifyVirtualService' }>['changes'];
export const modifyService = (number: number, changes: Patch): ClusterCommand => ({
  kind: 'ModifyVirtualService',
  virtualServiceId: virtualServiceId(number),
  changes,
});
export const duplicate = (source: number, label: string, overrides: Patch = {}): ClusterCommand => ({
  kind: 'DuplicateVirtualService',
  source: virtualServiceId(source),
  label,
  overrides,
});
export const removeService = (number: number): ClusterCommand => ({
  kind: 'RemoveVirtualService',
  virtualServiceId: virtualServiceId(number),
});
export const addServer = (service: number, realServer: RealServerSpec): ClusterCommand => ({
  kind: 'AddRealServer',
  virtualServiceId: virtualServiceId(service),
  realServer,
});
export const modifyServer = (number: number, changes: Patch, force = false): ClusterCommand => ({
  kind: 'ModifyRealServer',
  realServerId: realServerId(number),
  changes,
  force,
});
export const removeServer = (number: number, force = false): ClusterCommand => ({
  kind: 'RemoveRealServer',
  realServerId: realServerId(number),
  force,
});
export const drain = (
  number: number,
  force = false,
  clients: 'keep' | 'forget' = 'keep',
  deadline?: string,
): ClusterCommand => ({
  kind: 'DrainRealServer',
  realServerId: realServerId(number),
  clients,
  force,
  ...(deadline === undefined ? {} : { deadline }),
});
/** So long after the time at which `rule` decides. */
export const inMs = (ms: number): string => new Date(Date.parse(someTime) + ms).toISOString();
/** For `ruleIn`: so long after. */
export const after = (ms: number) => ({ nowMs: Date.parse(someTime) + ms });

export const endAbsence = (number: number): ClusterCommand => ({
  kind: 'EndAbsence',
  realServerId: realServerId(number),
});
export const endDrain = (number: number): ClusterCommand => ({
  kind: 'EndDrain',
  realServerId: realServerId(number),
});
export const halt = (number: number, force = false, connections: 'close' | 'finish' = 'close'): ClusterCommand => ({
  kind: 'HaltRealServer',
  realServerId: realServerId(number),
  connections,
  force,
});
export const bringOnline = (number: number, whenUp = false): ClusterCommand => ({
  kind: 'BringRealServerOnline',
  realServerId: realServerId(number),
  whenUp,
});

/** A document for scope `pacs`, every service of it, layer 7 in mode tcp unless told otherwise. */
export const aDocument = (
  services: readonly Readonly<Record<string, unknown>>[],
  metadata: Readonly<Record<string, unknown>> = { scope: 'pacs' },
): Readonly<Record<string, unknown>> => ({
  apiVersion: 'evenkeel/v1',
  kind: 'ClusterConfiguration',
  metadata,
  virtualServices: services,
});
export const declared = (fields: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  label: 'DICOM',
  address: '192.168.85.150',
  ports: [104],
  layer: 7,
  mode: 'tcp',
  ...fields,
});
export const apply = (
  document: Readonly<Record<string, unknown>>,
  ways: { readonly prune?: boolean; readonly force?: boolean } = {},
): ClusterCommand => ({
  kind: 'ApplyConfiguration',
  document: JSON.parse(JSON.stringify(document)) as Patch,
  prune: false,
  force: false,
  ...ways,
});
export const revert = (revision: number, force = false): ClusterCommand => ({
  kind: 'RevertCommit',
  revision: revision as Revision,
  force,
});
export const setSettings = (changes: Patch): ClusterCommand => ({ kind: 'SetClusterSettings', changes });
export const settingsChanged = (
  fields: Partial<ClusterSettings>,
  changed: readonly string[] = Object.keys(fields).toSorted(),
): ClusterEvent => ({
  kind: 'ClusterSettingsChanged',
  changed: [...changed],
  settings: ClusterSettings.parse(fields),
});

/** The rule that is asked to revert `reverted`, a commit that was made after the events before it and before those after. */
export const revertingIn = (
  before: readonly ClusterEvent[],
  reverted: readonly ClusterEvent[],
  after: readonly ClusterEvent[] = [],
  fields: Partial<DecisionContext> = {},
) => {
  const start = clusterOf(...before);
  const became = reverted.reduce((cluster, event) => withEvent(cluster, event, someOccasion), start);
  const history = {
    commit: { revision: 2 as Revision, events: [...reverted] },
    before: start,
    later: after.length === 0 ? [] : [{ revision: 3 as Revision, entities: touched(became, after) }],
  };
  return ruleIn({ history, ...fields }).given(...before, ...reverted, ...after);
};

/** Facts of a certificate, different for each number. */
export const facts = (number: number): CertificateFacts => ({
  material: String(number).padStart(64, '0'),
  fingerprint: String(number).padStart(64, 'f'),
  fingerprintSha1: String(number).padStart(40, 'f'),
  subject: 'CN=pacs.example.org',
  issuer: 'CN=Hospital CA',
  names: ['pacs.example.org'],
  notBefore: someTime,
  notAfter: '2036-03-01T08:00:00.000Z',
  intermediates: 0,
});
export const storeCertificate = (certificate: string, number: number): ClusterCommand => ({
  kind: 'StoreCertificate',
  certificate,
  facts: facts(number),
});
export const removeCertificate = (certificate: string): ClusterCommand => ({ kind: 'RemoveCertificate', certificate });
export const certificateStored = (certificate: string, number: number): ClusterEvent => ({
  kind: 'CertificateStored',
  certificate,
  facts: facts(number),
});
export const secretFacts = (number: number): SecretFacts => ({
  kind: 'username-password',
  material: String(number).padStart(64, '0'),
});
export const storeSecret = (secret: string, number: number): ClusterCommand => ({
  kind: 'StoreSecret',
  secret,
  facts: secretFacts(number),
});
export const removeSecret = (secret: string): ClusterCommand => ({ kind: 'RemoveSecret', secret });
export const secretStored = (secret: string, number: number): ClusterEvent => ({
  kind: 'SecretStored',
  secret,
  facts: secretFacts(number),
});
export const secretReplaced = (secret: string, number: number): ClusterEvent => ({
  kind: 'SecretReplaced',
  secret,
  facts: secretFacts(number),
});
export const certificateReplaced = (certificate: string, number: number): ClusterEvent => ({
  kind: 'CertificateReplaced',
  certificate,
  facts: facts(number),
});
