import {
  type ClusterEvent,
  readVirtualService,
  type VirtualServiceId,
  type VirtualServiceState,
} from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import { changedFields } from '../changed-fields.ts';
import type { Fields } from '../merge-patch.ts';
import { realServersOf } from '../state/cluster.ts';
import { changedSince, events, type Step } from './step.ts';
import { threeWay } from './three-way.ts';
import { serviceAlong, type Timeline } from './timeline.ts';

/** Takes back what a commit did to one service; its real servers are things of their own. */
export const revertService = (timeline: Timeline, id: VirtualServiceId): Step => {
  const { was, became, now } = serviceAlong(timeline, id);
  const label = (now ?? became ?? was)?.spec.label ?? '';
  const reverted = threeWay({ was: fieldsOf(was), became: fieldsOf(became), now: fieldsOf(now) });
  if (!reverted.ok) return changedSince(id, label, reverted.changedSince);
  const { target } = reverted;
  if (now === undefined) return target === undefined ? events() : addedAgain(was);
  if (target !== undefined) return modifiedBack(now, target);
  return hasNewMembers(timeline, id)
    ? changedSince(id, label, ['realServers'])
    : events({ kind: 'VirtualServiceRemoved', virtualServiceId: id });
};

const fieldsOf = (state: VirtualServiceState | undefined): Fields | undefined =>
  state && { ...state.spec, enabled: state.enabled };

const addedAgain = (was: VirtualServiceState | undefined): Step => {
  assert(was !== undefined, 'nothing comes again that was not there');
  const { id: virtualServiceId, number, spec, enabled, duplicatedFrom } = was;
  const origin = duplicatedFrom === undefined ? {} : { duplicatedFrom };
  return events(
    { kind: 'VirtualServiceAdded', virtualServiceId, number, service: spec, ...origin },
    ...switched(virtualServiceId, true, enabled),
  );
};

const modifiedBack = ({ id, spec, enabled }: VirtualServiceState, target: Fields): Step => {
  const { enabled: wanted, ...fields } = target;
  const switching = switched(id, enabled, wanted === true);
  const changed = changedFields(spec, fields);
  if (changed.length === 0) return events(...switching);
  const read = readVirtualService(fields); // other fields may have changed since, and may not fit the old ones
  if (!read.ok) return { kind: 'refused', refusal: read.refusal };
  return events({ kind: 'VirtualServiceModified', virtualServiceId: id, changed, service: read.value }, ...switching);
};

const switched = (virtualServiceId: VirtualServiceId, now: boolean, wanted: boolean): readonly ClusterEvent[] => {
  if (now === wanted) return [];
  return [{ kind: wanted ? 'VirtualServiceEnabled' : 'VirtualServiceDisabled', virtualServiceId }];
};

/** Real servers that came later would go with their service, and nobody asked for that. */
const hasNewMembers = ({ became, now }: Timeline, id: VirtualServiceId): boolean =>
  realServersOf(now, id).some((member) => !became.realServers.has(member.id));
