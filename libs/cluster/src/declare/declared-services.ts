import {
  type ClusterConfiguration,
  type ClusterRefusal,
  type DeclaredService,
  declaredServers,
  type InputError,
  type RealServerSpec,
  VirtualServiceId,
  VirtualServiceSpec,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { accept, assert, refuse, type Result } from '@evenkeel/kernel';
import type { DecisionContext } from '../decision.ts';
import type { Cluster } from '../state/cluster.ts';
import { rulesById, rulesToNobody } from './declared-rules.ts';
import { servicesInScope } from './services-in-scope.ts';

/** A service as the document wants it. */
export type Declared = {
  /** Pointer into the document. */
  readonly at: string;
  /** Its own when it is there already, a new one when not. */
  readonly id: VirtualServiceId;
  readonly present?: VirtualServiceState;
  readonly spec: VirtualServiceSpec;
  readonly realServers: readonly RealServerSpec[];
};

/**
 * The services of a document, each matched by scope and label with the one that is there. A check follows a service of
 * the document, of the scope, or (by id) of another scope, and so does a content rule; all of them have an id before the first one is made.
 */
export const declaredServices = (
  cluster: Cluster,
  { metadata: { scope }, virtualServices }: ClusterConfiguration,
  { newVirtualServiceId }: Pick<DecisionContext, 'newVirtualServiceId'>,
): Result<readonly Declared[], ClusterRefusal> => {
  const present = new Map(servicesInScope(cluster, scope).map((service) => [service.spec.label, service]));
  const idByLabel = new Map([...present].map(([label, { id }]) => [label, id]));
  for (const { label } of virtualServices) if (!idByLabel.has(label)) idByLabel.set(label, newVirtualServiceId());

  const idOf = (name: string) => referenced(cluster, name, idByLabel);

  const placed = virtualServices.map((service, index) => {
    const followed = followedBy(service, idOf);
    return { at: `/virtualServices/${index}`, service, followed };
  });
  const errors = [
    ...namedTwice(virtualServices),
    ...placed.flatMap(({ at, service, followed }) => (followed === 'nobody' ? followsNobody(at, service, scope) : [])),
    ...placed.flatMap(({ at, service }) => rulesToNobody(service, at, scope, idOf)),
  ];
  if (errors.length > 0) return refuse({ kind: 'invalid-input', errors });
  return accept(
    placed.map(({ at, service, followed }) => {
      const { label } = service;
      const spec = VirtualServiceSpec.parse({ ...fieldsOf(service, followed), ...rulesById(service, idOf), scope });
      const old = present.get(label);
      const id = idByLabel.get(label);
      assert(id !== undefined, `${label} has no id`);
      return { at, id, ...(old === undefined ? {} : { present: old }), spec, realServers: declaredServers(service) };
    }),
  );
};

const namedTwice = (services: readonly DeclaredService[]): InputError[] => {
  const firstOf = new Map(services.map(({ label }, index) => [label, index] as const).toReversed());
  return services.flatMap(({ label }, index) => {
    if (firstOf.get(label) === index) return [];
    const detail = `the document has ${label} twice`;
    return [{ pointer: `/virtualServices/${index}/label`, detail, expected: 'each label once' }];
  });
};

type Followed = VirtualServiceId | 'none' | 'nobody';

/** What the service itself is, with the id of the one that it follows. */
const fieldsOf = (service: DeclaredService, followed: Followed): object => {
  const fields = Object.fromEntries(Object.entries(service).filter(([field]) => field !== 'realServers'));
  return followed === 'none' ? fields : { ...fields, healthCheck: { kind: 'follow', virtualService: followed } };
};

const followedName = (service: DeclaredService): string | undefined =>
  'healthCheck' in service && service.healthCheck.kind === 'follow' ? service.healthCheck.virtualService : undefined;

const followedBy = (service: DeclaredService, idOf: (name: string) => VirtualServiceId | undefined): Followed => {
  const name = followedName(service);
  return name === undefined ? 'none' : (idOf(name) ?? 'nobody');
};

/** A name in the document is the label of a service in it or in its scope, or the id of any other. */
const referenced = (
  cluster: Cluster,
  name: string,
  idByLabel: ReadonlyMap<string, VirtualServiceId>,
): VirtualServiceId | undefined => {
  const byLabel = idByLabel.get(name);
  if (byLabel !== undefined) return byLabel;
  const byId = VirtualServiceId.safeParse(name);
  return byId.success && cluster.virtualServices.has(byId.data) ? byId.data : undefined;
};

const followsNobody = (at: string, service: DeclaredService, scope: string): InputError => ({
  pointer: `${at}/healthCheck/virtualService`,
  detail: `neither the document nor scope ${scope} has ${followedName(service) ?? ''}`,
  expected: 'the label of a service in the document or its scope, or the id of a service in another scope',
});
