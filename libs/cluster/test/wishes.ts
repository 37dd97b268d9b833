import type {
  ClusterCommand,
  ClusterConfiguration,
  ClusterName,
  RealServerId,
  Revision,
  VerdictState,
  VirtualServiceId,
} from '@evenkeel/contracts';
import { AddVirtualService, ApplyConfiguration, isHttpsRedirect, RealServerSpec } from '@evenkeel/contracts';
import { realServerId, virtualServiceId } from '@evenkeel/testing';
import fc from 'fast-check';
import { type Cluster, configurationOf } from '../src/index.ts';

/** A command once it is known which things exist: `pick` chooses among them, and sometimes among things that do not. */
export type Wish = {
  readonly command: (cluster: Cluster) => ClusterCommand;
  readonly verdicts: readonly VerdictState[];
  readonly hasReason: boolean;
};

// Few values, so that wishes meet: same labels, same ports, real servers on the addresses of services.
const label = fc.constantFrom(...'ABCDEFGH');
const scope = fc.constantFrom('manual', 'other');
const serviceAddress = fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3', 'fd00::1', 'fd00::3');
const serverAddress = fc.constantFrom(
  ...['10.0.0.3', '10.0.0.11', '10.0.0.12', '10.0.0.13', '10.0.0.14', '10.0.0.15'],
  ...['fd00::3', 'fd00::11'],
);
/** As an operator may write them; commands that are read anew. */
const spelled = <Address extends string>(address: fc.Arbitrary<Address>) =>
  fc.tuple(address, fc.boolean()).map(([one, isLong]) => (isLong ? one.replace('fd00::', 'FD00:0:0::00') : one));
const port = fc.constantFrom(80, 104, 105, 137, 204, 8080);
const range = fc
  .tuple(fc.constantFrom(100, 104, 200, 8_079), fc.constantFrom(1, 4, 5, 40))
  .map(([from, more]) => `${from}-${from + more}`);
const ports = fc.oneof(
  { weight: 3, arbitrary: fc.uniqueArray(port, { minLength: 1, maxLength: 2 }) },
  { weight: 1, arbitrary: fc.tuple(range) },
  { weight: 1, arbitrary: fc.tuple(range, fc.constantFrom(80, 9_000)) },
) as fc.Arbitrary<(number | string)[]>;
/** One that a range can have as well as a single port. */
const ownCheck = { healthCheck: { kind: 'connect', port: 80 } } as const;
const kind = fc.constantFrom(
  { layer: 7, mode: 'http' },
  { layer: 7, mode: 'http', action: 'redirect-to-https' },
  { layer: 7, mode: 'tcp' },
  { layer: 4, mode: 'tcp' },
  { layer: 4, mode: 'udp' },
  { layer: 4, mode: 'tcp-udp' },
);
const availability = fc.constantFrom(0, 50, 100);
const application = fc.option(fc.constantFrom('pacs', 'ris'), { nil: null });
const force = fc.boolean();
const pick = fc.nat({ max: 1_000 });

const realServer = fc.record({
  label,
  address: spelled(serverAddress),
  port: fc.constantFrom('inherit' as const, 'inherit' as const, 80, 8080),
  weight: fc.constantFrom(0, 1, 100, 100),
});

/** One of what exists; one time in twenty something that does not. */
const chosen = <Id>(ids: readonly Id[], nth: number, unknown: Id): Id =>
  nth % 20 === 0 ? unknown : (ids[nth % ids.length] ?? unknown);
const serviceOf = (cluster: Cluster, nth: number): VirtualServiceId =>
  chosen([...cluster.virtualServices.keys()], nth, virtualServiceId(9_999));
const serverOf = (cluster: Cluster, nth: number): RealServerId =>
  chosen([...cluster.realServers.keys()].toSorted(), nth, realServerId(9_999));

/** A health check that follows one of the services, or nothing. */
const followed = fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: pick });
const following = (cluster: Cluster, nth: number | undefined) =>
  nth === undefined ? {} : { healthCheck: { kind: 'follow' as const, virtualService: serviceOf(cluster, nth) } };

type Make = (cluster: Cluster) => ClusterCommand;

const added: fc.Arbitrary<Make> = fc
  .record({
    label,
    scope,
    address: spelled(serviceAddress),
    ports,
    kind,
    followed,
    availability,
    servers: fc.array(realServer, { maxLength: 3 }),
  })
  .map(
    ({ kind: chosen, followed: nth, servers, availability: watermark, ...fields }) =>
      (cluster) =>
        AddVirtualService.parse({
          kind: 'AddVirtualService',
          service: {
            ...fields,
            ...chosen,
            ...('action' in chosen ? {} : { availability: watermark, ...ownCheck, ...following(cluster, nth) }),
          },
          realServers: 'action' in chosen ? servers.slice(2) : servers,
        }),
  );

const aFallback = (address: string) => ({ kind: 'server', address, port: 80 });

/** One or two changed fields: a patch of many would hardly ever be accepted. */
const patch = fc
  .array(
    fc.oneof(
      ...[fc.record({ label }), fc.record({ scope }), fc.record({ application }), fc.record({ ports })],
      fc.record({ availability }),
      fc.record({ slowStart: fc.constantFrom(null, '30s', '1m') }),
      fc.record({ panic: fc.constantFrom(null, { below: 50, then: 'serve-all' }, { below: 100, then: 'serve-none' }) }),
      ...[
        fc.record({ address: spelled(serviceAddress) }),
        fc.record({ mode: fc.constantFrom('http', 'tcp', 'udp', 'tcp-udp') }),
        fc.record({ fallback: fc.constantFrom({ kind: 'none' }, aFallback('10.0.0.3'), aFallback('10.0.0.16')) }),
        fc.record({ action: fc.constantFrom('balance', 'redirect-to-https', null) }),
        fc.record({ redirect: fc.constantFrom({ code: 301 }, { port: 8443 }, null) }),
        fc.record({ onDown: fc.constantFrom('keep', 'close') }),
        fc.record({ tunnelTimeout: fc.constantFrom('1h', '2h') }),
      ],
    ),
    { minLength: 1, maxLength: 2 },
  )
  .map(
    (fields): { readonly label?: string; readonly [field: string]: string | number | (number | string)[] | null } =>
      Object.assign({}, ...fields) as Record<string, string>,
  );

const modified: fc.Arbitrary<Make> = fc
  .record({ nth: pick, patch, followed })
  .map(({ nth, patch: changes, followed: other }) => (cluster) => ({
    kind: 'ModifyVirtualService',
    virtualServiceId: serviceOf(cluster, nth),
    changes: { ...changes, ...following(cluster, other) },
  }));

/** A change of action, of a service that can have one, where there is any: another would hardly ever be met. */
const turned: fc.Arbitrary<Make> = pick.map((nth) => (cluster) => {
  const able = cluster.virtualServices.filter(
    ({ id, spec }) => spec.mode === 'http' && !cluster.members.get(id)?.length,
  );
  const [id, service] = [...able][nth % Math.max(1, able.size)] ?? [serviceOf(cluster, nth), undefined];
  const action = service !== undefined && isHttpsRedirect(service.spec) ? 'balance' : 'redirect-to-https';
  return { kind: 'ModifyVirtualService', virtualServiceId: id, changes: { action } };
});

const duplicated: fc.Arbitrary<Make> = fc
  .record({ nth: pick, label, overrides: patch.filter(({ label: another }) => another === undefined) })
  .map(({ nth, label: name, overrides }) => (cluster) => ({
    kind: 'DuplicateVirtualService',
    source: serviceOf(cluster, nth),
    label: name,
    overrides,
  }));

const serverAdded: fc.Arbitrary<Make> = fc
  .record({ nth: pick, realServer })
  .map(({ nth, realServer: fields }) => (cluster) => ({
    kind: 'AddRealServer',
    virtualServiceId: serviceOf(cluster, nth),
    realServer: RealServerSpec.parse(fields),
  }));

const serverPatch = fc.record(
  {
    label,
    address: spelled(serverAddress),
    port: fc.constantFrom('inherit', 80, 8080),
    weight: fc.constantFrom(0, 1, 300),
  },
  { requiredKeys: [] },
);
const serverModified: fc.Arbitrary<Make> = fc
  .record({ nth: pick, changes: serverPatch, force })
  .map(({ nth, ...fields }) => (cluster) => ({
    kind: 'ModifyRealServer',
    realServerId: serverOf(cluster, nth),
    ...fields,
  }));

const onService = (...kinds: readonly ('RemoveVirtualService' | 'EnableVirtualService' | 'DisableVirtualService')[]) =>
  fc
    .record({ kind: fc.constantFrom(...kinds), nth: pick })
    .map(({ kind: asked, nth }): Make => (cluster) => ({ kind: asked, virtualServiceId: serviceOf(cluster, nth) }));

const clients = fc.constantFrom('keep' as const, 'forget' as const);
/** Some are over before the tale is: each commit takes a second. */
const deadline = fc.constantFrom({}, { deadline: '1s' }, { deadline: '1s' }, { deadline: '1d' });
/** When the first commit of a tale is made. */
export const taleBeginsMs = 1_772_000_000_000;
const inTale = (seconds: number): string => new Date(taleBeginsMs + seconds * 1_000).toISOString();
/** Whoever wishes does not know what time it is in the tale, so many are refused. */
const until = fc.constantFrom({}, {}, { until: inTale(10) }, { until: inTale(600) });
const connections = fc.constantFrom('close' as const, 'finish' as const);
const whenUp = fc.boolean();

const onServer: fc.Arbitrary<Make> = fc
  .record({
    nth: pick,
    force,
    clients,
    deadline,
    until,
    connections,
    whenUp,
    asked: fc.constantFrom('drain', 'halt', 'online', 'remove'),
  })
  .map(({ nth, asked, ...way }) => (cluster) => {
    const id = serverOf(cluster, nth);
    if (asked === 'drain')
      return {
        kind: 'DrainRealServer',
        realServerId: id,
        clients: way.clients,
        ...way.deadline,
        ...way.until,
        force: way.force,
      };
    if (asked === 'halt')
      return {
        kind: 'HaltRealServer',
        realServerId: id,
        connections: way.connections,
        ...way.until,
        force: way.force,
      };
    if (asked === 'online') return { kind: 'BringRealServerOnline', realServerId: id, whenUp: way.whenUp };
    return { kind: 'RemoveRealServer', realServerId: id, force: way.force };
  });

/** Of one that drains with an end, where there is any: another would hardly ever be met. */
const ended: fc.Arbitrary<Make> = pick.map((nth) => (cluster) => {
  const dated = cluster.realServers.filter(({ intent }) => intent.intent === 'drain' && intent.deadline !== undefined);
  const ids = [...dated.keys()].toSorted();
  return { kind: 'EndDrain', realServerId: ids[nth % ids.length] ?? serverOf(cluster, nth) };
});

const returned: fc.Arbitrary<Make> = pick.map((nth) => (cluster) => {
  const away = cluster.realServers.filter(({ intent }) => intent.intent !== 'online' && intent.until !== undefined);
  const ids = [...away.keys()].toSorted();
  return { kind: 'EndAbsence', realServerId: ids[nth % ids.length] ?? serverOf(cluster, nth) };
});

const onMachine: fc.Arbitrary<Make> = fc
  .record({
    address: serverAddress,
    force,
    clients,
    deadline,
    until,
    connections,
    whenUp,
    asked: fc.constantFrom('drain', 'halt', 'online'),
  })
  .map(({ address, asked, ...way }) => () => {
    if (asked === 'drain')
      return { kind: 'DrainMachine', address, clients: way.clients, ...way.deadline, ...way.until, force: way.force };
    if (asked === 'halt')
      return { kind: 'HaltMachine', address, connections: way.connections, ...way.until, force: way.force };
    return { kind: 'BringMachineOnline', address, whenUp: way.whenUp };
  });

const blueprint: fc.Arbitrary<Make> = fc
  .record({ vipAddress: spelled(serviceAddress), scope, node: spelled(serverAddress) })
  .map(({ vipAddress, scope: name, node }) => () => ({
    kind: 'InstantiateBlueprint',
    name: 'infinitt-pacs',
    version: 1,
    parameters: { vipAddress, scope: name, nodes: [{ label: 'N1', address: node }] },
  }));

/** How a document differs from what is there; each change that finds nothing to change is left out. */
const edit = fc.record({
  kind: fc.constantFrom(
    'drop',
    'add',
    'swap-ports',
    'redirect',
    'move',
    'follow',
    'drop-server',
    'add-server',
    'weight',
    'ports',
  ),
  nth: pick,
  other: pick,
  label,
  ports,
  address: spelled(serviceAddress),
  realServer,
});
type Edit = typeof edit extends fc.Arbitrary<infer Value> ? Value : never;
type Document = { [Key in keyof ClusterConfiguration]: unknown } & { virtualServices: Draft[] };
type Draft = Record<string, unknown> & {
  label: string;
  ports: (number | string)[];
  realServers?: Record<string, unknown>[];
};

const edited = ({ virtualServices: services }: Document, change: Edit): void => {
  const [one, two] = [services[change.nth % services.length], services[change.other % services.length]];
  if (change.kind === 'add') {
    const fields = { label: change.label, address: change.address, ports: change.ports };
    services.push({ ...fields, ...ownCheck, layer: 7, mode: 'tcp', realServers: [change.realServer] });
  }
  if (one === undefined || two === undefined) return;
  if (change.kind === 'drop') services.splice(services.indexOf(one), 1);
  if (change.kind === 'swap-ports') [one.ports, two.ports] = [two.ports, one.ports];
  if (change.kind === 'move') one['address'] = change.address;
  if (change.kind === 'ports') one.ports = change.ports;
  if (change.kind === 'redirect') services[services.indexOf(one)] = redirecting(one);
  if (change.kind === 'follow') one['healthCheck'] = { kind: 'follow', virtualService: two.label };
  if (change.kind === 'drop-server') one.realServers?.pop();
  if (change.kind === 'add-server') one.realServers?.push(change.realServer);
  if (change.kind === 'weight') one.realServers?.forEach((server) => (server['weight'] = change.realServer.weight));
};

const redirecting = ({ label: name, address, ports: kept }: Draft): Draft => ({
  ...{ label: name, address, ports: kept },
  ...{ layer: 7, mode: 'http', action: 'redirect-to-https' },
});

/** What is there, exported, changed here and there, and applied. */
export const applied: fc.Arbitrary<Make> = fc
  .record({ scope, edits: fc.array(edit, { maxLength: 4 }), prune: fc.boolean(), force })
  .map(({ scope: name, edits, ...ways }) => (cluster) => {
    const exported = configurationOf(cluster, name, 'radiology' as ClusterName);
    const document = JSON.parse(JSON.stringify(exported)) as Document;
    for (const change of edits) edited(document, change);
    return ApplyConfiguration.parse({ kind: 'ApplyConfiguration', document, ...ways });
  });

const reverted: fc.Arbitrary<Make> = fc.record({ nth: pick, force }).map(({ nth, force: forced }) => (cluster) => ({
  kind: 'RevertCommit',
  revision: (1 + (nth % (cluster.revision + 1))) as Revision,
  force: forced,
}));

const settingsChanged: fc.Arbitrary<Make> = fc
  .record(
    {
      reasonRequired: fc.constantFrom('none', 'intents', 'configuration', 'all'),
      massRemovalPercent: fc.constantFrom(1, 50, 100, 101),
    },
    { requiredKeys: [] },
  )
  .map((changes) => () => ({ kind: 'SetClusterSettings', changes }));

const wishFor = (command: fc.Arbitrary<Make>): fc.Arbitrary<Wish> =>
  fc.record({
    command,
    verdicts: fc.array(fc.constantFrom<VerdictState>('up', 'down', 'unknown'), { minLength: 3, maxLength: 3 }),
    hasReason: fc.boolean(),
  });

const anything = fc.oneof(
  { weight: 3, arbitrary: added },
  { weight: 3, arbitrary: modified },
  { weight: 2, arbitrary: turned },
  { weight: 3, arbitrary: duplicated },
  { weight: 4, arbitrary: serverAdded },
  { weight: 3, arbitrary: serverModified },
  { weight: 1, arbitrary: onService('RemoveVirtualService') },
  { weight: 2, arbitrary: onService('EnableVirtualService', 'DisableVirtualService') },
  { weight: 5, arbitrary: onServer },
  { weight: 3, arbitrary: onMachine },
  { weight: 6, arbitrary: ended },
  { weight: 6, arbitrary: returned },
  { weight: 1, arbitrary: blueprint },
  { weight: 4, arbitrary: applied },
  { weight: 4, arbitrary: reverted },
  { weight: 1, arbitrary: settingsChanged },
);

/** A few services to begin with, then wishes of every kind. */
export const wishes: fc.Arbitrary<Wish[]> = fc
  .tuple(
    fc.array(wishFor(added), { minLength: 1, maxLength: 5 }),
    fc.array(wishFor(anything), { maxLength: 40, size: 'max' }),
  )
  .map(([first, then]) => [...first, ...then]);
