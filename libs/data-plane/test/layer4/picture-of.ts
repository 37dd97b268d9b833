import { type Cluster, fromSnapshot } from '@evenkeel/cluster';
import { type IntentState, type RealServerInput, type Revision, type VerdictState } from '@evenkeel/contracts';
import {
  aRealServer,
  aSnapshot,
  aVirtualService,
  realServerId,
  type ServiceFields,
  virtualServiceId,
} from '@evenkeel/testing';
import { type Layer4Picture } from '../../src/layer4/desired.ts';
import { type Family } from '../../src/layer4/ruleset.ts';

/** A real server in a tale; a test names only what it is about. */
export type ServerTale = Partial<RealServerInput> & {
  readonly number: number;
  readonly intent?: IntentState;
  readonly intentRevision?: Revision;
  readonly verdict?: VerdictState;
};

export type ServiceTale = ServiceFields & {
  readonly number: number;
  readonly isEnabled?: boolean;
  readonly servers: readonly ServerTale[];
};

/** Three PACS machines with the reference addresses: real servers 2, 3 and 4. */
export const threePacs: readonly ServerTale[] = [
  { number: 2, label: 'INF_PACS1', address: '192.168.85.200' },
  { number: 3, label: 'INF_PACS2', address: '192.168.85.201' },
  { number: 4, label: 'INF_PACS3', address: '192.168.85.202' },
];

/** INFINITT_Check of the reference deployment: UDP and TCP 137, random, each client tied to its server for 5 minutes. */
export const infinittCheck = (fields: Partial<ServiceTale> = {}): ServiceTale => ({
  number: 1,
  label: 'INFINITT_Check',
  address: '192.168.85.150',
  ports: [137],
  layer: 4,
  mode: 'tcp-udp',
  balance: 'random',
  persistence: { kind: 'source-ip', timeout: '5m' },
  servers: threePacs,
  ...(fields as object),
});

/** The same servers, those with the named numbers changed. */
export const but = (
  servers: readonly ServerTale[],
  changes: Readonly<Record<number, Partial<ServerTale>>>,
): readonly ServerTale[] => servers.map((server) => ({ ...server, ...changes[server.number] }));

/** The address that stands for a reference address in another family: 192.168.85.150 is 2001:db8:85::150 there. */
export const clientIn = (family: Family, address: string): string =>
  family === 'ip' ? address : address.replace(/^192\.168\.85\./, '2001:db8:85::');

/** The same service in another family. */
export const inFamily = (family: Family, tale: ServiceTale): ServiceTale => ({
  ...tale,
  address: clientIn(family, tale.address ?? ''),
  servers: tale.servers.map((server) => ({ ...server, address: clientIn(family, server.address ?? '') })),
});

export const online: IntentState = { intent: 'online' };
export const drainKeeping: IntentState = { intent: 'drain', clients: 'keep' };
export const drainForgetting: IntentState = { intent: 'drain', clients: 'forget' };
export const haltClosing: IntentState = { intent: 'halt', connections: 'close' };
export const haltFinishing: IntentState = { intent: 'halt', connections: 'finish' };

/** The picture that a node would have of these services. */
export const pictureOf = (...services: readonly ServiceTale[]): Layer4Picture => ({
  cluster: clusterOf(services),
  verdicts: new Map(
    services.flatMap(({ servers }) =>
      servers.flatMap(({ number, verdict }) => (verdict === undefined ? [] : [[realServerId(number), verdict]])),
    ),
  ),
});

const clusterOf = (services: readonly ServiceTale[]): Cluster =>
  fromSnapshot(
    aSnapshot(
      services.map((tale) =>
        aVirtualService({
          number: tale.number,
          enabled: tale.isEnabled ?? true,
          spec: without(tale, 'number', 'isEnabled', 'servers') as ServiceFields,
        }),
      ),
      services.flatMap(({ number: service, servers }) =>
        servers.map((tale) =>
          aRealServer({
            number: tale.number,
            virtualServiceId: virtualServiceId(service),
            intent: tale.intent ?? online,
            ...(tale.intentRevision === undefined ? {} : { intentRevision: tale.intentRevision }),
            spec: without(tale, 'number', 'intent', 'intentRevision', 'verdict'),
          }),
        ),
      ),
    ),
  );

const without = <Tale extends object, Key extends keyof Tale>(tale: Tale, ...keys: readonly Key[]): Omit<Tale, Key> =>
  Object.fromEntries(Object.entries(tale).filter(([key]) => !keys.includes(key as Key))) as Omit<Tale, Key>;
