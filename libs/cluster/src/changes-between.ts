import type {
  ConfigurationChange,
  FieldChange,
  RealServerState,
  VirtualServiceId,
  VirtualServiceState,
} from '@evenkeel/contracts';
import type { Map as ImmutableMap } from 'immutable';
import { changedFields } from './changed-fields.ts';
import type { Fields } from './merge-patch.ts';
import type { Cluster } from './state/cluster.ts';

/**
 * Every field that differs between two states, with both values. Services are in the order of their numbers, each followed
 * by its real servers; what is identical (`===`) is not looked into.
 */
export const changesBetween = (before: Cluster, after: Cluster): ConfigurationChange[] => [
  ...settingsChange(before, after),
  ...sealedChanges('certificate', before.certificates, after.certificates),
  ...sealedChanges('secret', before.secrets, after.secrets),
  ...serviceIds(before, after).flatMap((id) => [
    ...serviceChange(before, after, id),
    ...memberChanges(before, after, id),
  ]),
];

const settingsChange = (before: Cluster, after: Cluster): ConfigurationChange[] =>
  changeOf({ what: 'settings' }, before.settings.spec, after.settings.spec);

type SealedThings = ImmutableMap<string, { readonly facts: Fields }>;

const sealedChanges = (
  what: 'certificate' | 'secret',
  before: SealedThings,
  after: SealedThings,
): ConfigurationChange[] => {
  if (before === after) return [];
  const names = [...new Set([...before.keys(), ...after.keys()])].toSorted();
  return names.flatMap((id) => changeOf({ what, id }, before.get(id)?.facts, after.get(id)?.facts));
};

const serviceIds = (before: Cluster, after: Cluster): readonly VirtualServiceId[] => {
  const ids = new Map([...before.virtualServices.values(), ...after.virtualServices.values()].map(numbered));
  return [...ids].toSorted(([, a], [, b]) => a - b).map(([id]) => id);
};

const numbered = ({ id, number }: VirtualServiceState) => [id, number] as const;

const serviceChange = (before: Cluster, after: Cluster, id: VirtualServiceId): ConfigurationChange[] => {
  const [old, now] = [before.virtualServices.get(id), after.virtualServices.get(id)];
  if (old === now) return [];
  return changeOf({ what: 'virtual-service', id, ...labelled(now ?? old) }, serviceFields(old), serviceFields(now));
};

const memberChanges = (before: Cluster, after: Cluster, id: VirtualServiceId): ConfigurationChange[] => {
  const members = new Set([...(before.members.get(id) ?? []), ...(after.members.get(id) ?? [])]);
  const service = labelled(after.virtualServices.get(id) ?? before.virtualServices.get(id));
  return [...members].flatMap((member) => {
    const [old, now] = [before.realServers.get(member), after.realServers.get(member)];
    if (old === now) return [];
    const name = (now ?? old)?.spec.label;
    const place = {
      what: 'real-server',
      id: member,
      ...service,
      ...(name === undefined ? {} : { realServer: name }),
    } as const;
    return changeOf(place, realServerFields(old), realServerFields(now));
  });
};

type Place = Pick<ConfigurationChange, 'what' | 'id' | 'virtualService' | 'realServer'>;

const labelled = (service: VirtualServiceState | undefined): Pick<Place, 'virtualService'> =>
  service === undefined ? {} : { virtualService: service.spec.label };

const serviceFields = (service: VirtualServiceState | undefined): Fields | undefined =>
  service && { ...service.spec, enabled: service.enabled };

const realServerFields = (realServer: RealServerState | undefined): Fields | undefined =>
  realServer && { ...realServer.spec, intent: realServer.intent };

const changeOf = (place: Place, before: Fields | undefined, after: Fields | undefined): ConfigurationChange[] => {
  const fields = changedFields(before ?? {}, after ?? {}).map((field) => fieldChange(field, before, after));
  if (fields.length === 0) return [];
  return [{ ...place, change: kindOf(before, after), fields }];
};

const kindOf = (before: Fields | undefined, after: Fields | undefined): ConfigurationChange['change'] => {
  if (before === undefined) return 'added';
  return after === undefined ? 'removed' : 'changed';
};

const fieldChange = (field: string, before: Fields | undefined, after: Fields | undefined): FieldChange => ({
  field,
  ...valueIn('before', before?.[field]),
  ...valueIn('after', after?.[field]),
});

const valueIn = (side: 'before' | 'after', value: unknown): Partial<FieldChange> =>
  value === undefined ? {} : { [side]: value };
