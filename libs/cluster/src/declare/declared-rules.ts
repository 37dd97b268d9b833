import type { DeclaredService, InputError, VirtualServiceId, VirtualServiceSpec } from '@evenkeel/contracts';
import type { Cluster } from '../state/cluster.ts';
import { serviceIn } from '../state/with-service.ts';

type IdOf = (name: string) => VirtualServiceId | undefined;

/** The content rules of a declared service, with ids where the document has labels; nothing where it has no rules. */
export const rulesById = (service: DeclaredService, idOf: IdOf) => {
  if (!('rules' in service) || service.rules === undefined) return {};
  const rules = service.rules.map((rule) => {
    const { action } = rule;
    return action.kind === 'service'
      ? { ...rule, action: { ...action, virtualService: idOf(action.virtualService) } }
      : rule;
  });
  return { rules };
};

/** The rules that name nobody. `at`: where the service is in the document. */
export const rulesToNobody = (service: DeclaredService, at: string, scope: string, idOf: IdOf): InputError[] => {
  if (!('rules' in service)) return [];
  return (service.rules ?? []).flatMap(({ action }, index) => {
    if (action.kind !== 'service' || idOf(action.virtualService) !== undefined) return [];
    const pointer = `${at}/rules/${index}/action/virtualService`;
    const detail = `neither the document nor scope ${scope} has ${action.virtualService}`;
    const expected = 'the label of a service in the document or its scope, or the id of a service in another scope';
    return [{ pointer, detail, expected }];
  });
};

/** The other way: labels instead of ids, but for services of another scope. */
export const rulesByLabel = (cluster: Cluster, ownScope: string, spec: VirtualServiceSpec) => {
  if (!('rules' in spec) || spec.rules === undefined) return {};
  const rules = spec.rules.map((rule) => {
    const { action } = rule;
    if (action.kind !== 'service') return rule;
    const { scope, label } = serviceIn(cluster, action.virtualService).spec;
    return { ...rule, action: { ...action, virtualService: scope === ownScope ? label : action.virtualService } };
  });
  return { rules };
};
