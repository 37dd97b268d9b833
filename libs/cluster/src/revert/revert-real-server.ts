import {
  type ClusterEvent,
  type IntentState,
  type RealServerId,
  RealServerSpec,
  type RealServerState,
} from '@evenkeel/contracts';
import { assert } from '@evenkeel/kernel';
import { changedFields } from '../changed-fields.ts';
import type { Fields } from '../merge-patch.ts';
import { awayAgain } from '../rules/absence.ts';
import { comingBack } from '../rules/drain-deadline.ts';
import { broughtOnline, drained, halted } from '../rules/set-intent.ts';
import { changedSince, events, type Step } from './step.ts';
import { threeWay } from './three-way.ts';
import { realServerAlong, type Timeline } from './timeline.ts';

/**
 * Takes back what a commit did to one real server, its intent included. A time of its order that is over by now does not
 * come back: it would be ended at once.
 */
export const revertRealServer = (timeline: Timeline, id: RealServerId, nowMs: number): Step => {
  const along = realServerAlong(timeline, id);
  const [was, became, now] = [along.was, along.became, along.now].map((state) => state && asOf(state, nowMs));
  const reverted = threeWay({ was: fieldsOf(was), became: fieldsOf(became), now: fieldsOf(now) });
  if (!reverted.ok) return changedSince(id, nameOf(timeline, now ?? became ?? was), reverted.changedSince);
  const { target } = reverted;
  if (now === undefined) return target === undefined ? events() : addedAgain(was);
  return target === undefined ? events({ kind: 'RealServerRemoved', realServerId: id }) : modifiedBack(now, target);
};

const asOf = (state: RealServerState, nowMs: number): RealServerState => {
  const intent = awayAgain(comingBack(state.intent, nowMs), nowMs);
  return intent === state.intent ? state : { ...state, intent };
};

const fieldsOf = (state: RealServerState | undefined): Fields | undefined =>
  state && { ...state.spec, intent: state.intent };

const addedAgain = (was: RealServerState | undefined): Step => {
  assert(was !== undefined, 'nothing comes again that was not there');
  const { id: realServerId, virtualServiceId, number, spec, intent } = was;
  return events(
    { kind: 'RealServerAdded', virtualServiceId, realServerId, number, realServer: spec },
    ...intended({ ...was, intent: { intent: 'online' } }, intent),
  );
};

const modifiedBack = (now: RealServerState, target: Fields): Step => {
  const { intent, ...fields } = target;
  const changed = changedFields(now.spec, fields);
  const realServer = RealServerSpec.parse(fields); // in the order of the schema; each value was right once
  const modified: readonly ClusterEvent[] =
    changed.length === 0 ? [] : [{ kind: 'RealServerModified', realServerId: now.id, changed, realServer }];
  return events(...modified, ...intended(now, intent as IntentState));
};

const intended = (now: RealServerState, wanted: IntentState): readonly ClusterEvent[] => {
  const fact =
    wanted.intent === 'drain'
      ? drained(now, wanted)
      : wanted.intent === 'halt'
        ? halted(now, wanted)
        : broughtOnline(now);
  return fact === undefined ? [] : [fact];
};

const nameOf = ({ was, became, now }: Timeline, realServer: RealServerState | undefined): string => {
  if (realServer === undefined) return '';
  const { virtualServiceId } = realServer;
  const service = [now, became, was].map(({ virtualServices }) => virtualServices.get(virtualServiceId)).find(Boolean);
  return `${realServer.spec.label} of ${service?.spec.label}`;
};
