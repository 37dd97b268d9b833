import {
  AddVirtualService,
  Address,
  ApplicationEntity,
  type ClusterCommand,
  isIPv6,
  Label,
  Port,
  RealServerSpec,
  RequestPath,
  type VirtualServiceInput,
} from '@evenkeel/contracts';
import * as z from 'zod';
import type { Blueprint } from './blueprint.ts';

const Node = z.strictObject({ label: Label, address: Address });

const DicomCheck = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('connect') }),
  z.strictObject({
    kind: z.literal('dicom-echo'),
    calledAe: ApplicationEntity,
    callingAe: ApplicationEntity.optional(),
  }),
]);

const Parameters = z
  .strictObject({
    vipAddress: Address.describe('The address that clients use; all five services listen on it'),
    nodes: z.array(Node).min(1).max(32).describe('The PACS machines'),
    ports: z
      .strictObject({
        web: Port.default(80),
        dicom: Port.default(104),
        query: Port.default(105),
        mwl: Port.default(204),
        check: Port.default(137),
      })
      .prefault({}),
    scope: Label.default('infinitt-pacs').describe('Who declares the services; another one for a second PACS'),
    application: Label.default('infinitt-pacs'),
    webPath: RequestPath.default('/').describe('What the web check asks for with HEAD; it must answer 200'),
    dicomCheck: DicomCheck.default({ kind: 'connect' }).describe('A C-ECHO also sees a PACS that hangs'),
  })
  .check(eachOnce);
type Parameters = z.output<typeof Parameters>;

/**
 * The reference deployment: five virtual services on one address, the same machines behind each. Source: INFINITT PACS
 * deployment guide for the reference appliance; where the guide leaves a field open, the values are ours.
 */
export const infinittPacs: Blueprint<typeof Parameters> = {
  name: 'infinitt-pacs',
  version: 1,
  description: 'INFINITT PACS: web, DICOM, query, worklist and name service on one address',
  parameters: Parameters,
  plan: (parameters) => {
    const realServers = parameters.nodes.map((node) => RealServerSpec.parse(node));
    return servicesOf(parameters).map((service): ClusterCommand =>
      AddVirtualService.parse({ kind: 'AddVirtualService', service, realServers }),
    );
  },
};

const servicesOf = ({
  vipAddress,
  ports,
  scope,
  application,
  webPath,
  dicomCheck,
}: Parameters): VirtualServiceInput[] => {
  const common = { scope, application, address: vipAddress };
  const dicom = (label: string, port: number): VirtualServiceInput => ({
    ...common,
    label,
    ports: [port],
    layer: 7,
    mode: 'tcp',
    balance: 'least-connections',
    persistence: { kind: 'source-ip', timeout: '30m' },
    healthCheck: dicomCheck,
  });
  return [
    {
      ...common,
      label: 'INFINITT_Web',
      ports: [ports.web],
      layer: 7,
      mode: 'http',
      balance: 'least-connections',
      persistence: { kind: 'http-cookie-and-source-ip', cookieName: 'SERVERID', timeout: '30m' },
      healthCheck: { kind: 'http', method: 'HEAD', path: webPath, expectStatus: [200] },
      fallback: { kind: 'page' },
    },
    dicom('DICOM', ports.dicom),
    dicom('QUERY', ports.query),
    dicom('MWL', ports.mwl),
    {
      ...common,
      label: 'INFINITT_Check',
      ports: [ports.check],
      layer: 4,
      mode: 'tcp-udp',
      forwarding: 'snat',
      balance: 'random',
      persistence: { kind: 'source-ip', timeout: '5m' },
      healthCheck: { kind: 'netbios-node-status' },
    },
  ];
};

/** What would clash later is said here, where the parameter that causes it is known. */
function eachOnce({
  value,
  issues,
}: z.core.ParsePayload<{ vipAddress: string; nodes: z.output<typeof Node>[]; ports: object }>) {
  const tell = (path: PropertyKey[], input: unknown, message: string) =>
    issues.push({ code: 'custom', path, input, message });
  const ports = Object.entries(value.ports) as [string, number][];
  for (const [name, port] of repeated(ports, ([, number]) => number))
    tell(['ports', name], port, 'a port that no other service has');
  const nodes = [...value.nodes.entries()];
  for (const [index, { label }] of repeated(nodes, ([, node]) => node.label))
    tell(['nodes', index, 'label'], label, 'a label that no other node has');
  for (const [index, { address }] of repeated(nodes, ([, node]) => node.address))
    tell(['nodes', index, 'address'], address, 'an address that no other node has');
  for (const [index, { address }] of nodes.filter(([, node]) => node.address === value.vipAddress))
    tell(['nodes', index, 'address'], address, "a machine's own address, not the one that clients use");
  if (isIPv6(value.vipAddress)) tell(['vipAddress'], value.vipAddress, onlyIPv4);
  for (const [index, { address }] of nodes.filter(([, node]) => isIPv6(node.address)))
    tell(['nodes', index, 'address'], address, onlyIPv4);
}

const onlyIPv4 = 'an IPv4 address: INFINITT_Check serves NetBIOS, which knows no other (RFC 1002)';

/** The items whose key an earlier one has. */
const repeated = <Item>(items: readonly Item[], keyOf: (item: Item) => unknown): readonly Item[] =>
  items.filter((item, index) => items.slice(0, index).some((earlier) => keyOf(earlier) === keyOf(item)));
