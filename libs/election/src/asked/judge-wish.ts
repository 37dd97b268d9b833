import type { HaRefusal } from '@evenkeel/contracts';
import { accept, refuse, type Result } from '@evenkeel/kernel';
import { activeOther, hasGateway } from '../evidence.ts';
import { bestOther } from '../order.ts';
import type { ElectionState } from '../state.ts';

/** What would come of a wish. `moves`: the addresses change their node, so connections through them break. */
export type Effect = { readonly changes: boolean; readonly moves: boolean; readonly sentence: string };

/** Whether this node may be called to serve; the election decides then whether it can. */
export const judgeMakeActive = (state: ElectionState, now: number): Result<Effect, HaRefusal> => {
  const { role, settings, inMaintenance, isReady, standsAfter } = state;
  const { node } = settings;
  if (role.kind === 'active') return refuse({ kind: 'already-active', epoch: role.epoch });
  if (inMaintenance) return refuse({ kind: 'in-maintenance' });
  const active = activeOther(state, now);
  const unable = [
    ...(isReady ? [] : ['it has not read the configuration as far as the others']),
    ...(now >= standsAfter ? [] : [`it listens before it stands, for ${Math.ceil(standsAfter - now)} ms more`]),
    ...(active?.hasGateway === true && !hasGateway(state, now)
      ? [`no gateway answers it, and does to ${active.node}: it would be the worse one to serve`]
      : []),
  ];
  if (unable.length > 0) return refuse({ kind: 'not-able', detail: unable.join('; ') });
  const sentence =
    active === undefined
      ? `${node} takes the addresses, which nobody is heard to serve`
      : `${active.node} hands the addresses over to ${node}, and connections through them break`;
  return accept({ changes: true, moves: active !== undefined, sentence });
};

/** Nothing is in the way of maintenance: a node that nobody can stand in for goes on serving until somebody can. */
export const foreseeMaintenance = (state: ElectionState, isOn: boolean, now: number): Effect => {
  const { role, settings, inMaintenance } = state;
  const { node } = settings;
  const changes = isOn !== inMaintenance;
  if (!isOn) return { changes, moves: false, sentence: `${node} may serve again; it takes nothing back by itself` };
  if (role.kind !== 'active') {
    return {
      changes,
      moves: false,
      sentence: `${node} stands by, and will not take over, whatever happens to the others`,
    };
  }
  const next = bestOther(state, now);
  if (next === undefined || (!next.hasGateway && hasGateway(state, now))) {
    const sentence = `${node} goes on serving until another node can; nobody is heard that could. Once it has let go of the addresses, however shortly, it does not take them back`;
    return { changes, moves: false, sentence };
  }
  const sentence = `${node} hands the addresses over to ${next.node}, and connections through them break`;
  return { changes, moves: true, sentence };
};
