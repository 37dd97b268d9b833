import type { NodeName } from '@evenkeel/contracts';
import type { ElectionEvent } from './event.ts';
import { holdsGateway, sawGateway } from './evidence.ts';
import { hear } from './hear.ts';
import { outranks } from './order.ts';
import type { ElectionState } from './state.ts';

/** What a node knows after an event. What follows from it is decided afterwards. */
export const take = (state: ElectionState, event: ElectionEvent, now: number): ElectionState => {
  switch (event.kind) {
    case 'tick':
      return tick(state, now);
    case 'heard':
      return hear(state, event.heartbeat, now);
    case 'ping-answered':
      return answered(state, event.target, event.sentAt, now);
    case 'probe-answered':
      return { ...state, noiseAt: now, probe: { ...state.probe, answeredBy: event.by } };
    case 'probe-failed':
      return { ...state, noiseAt: now };
    case 'rival-seen':
      return isPreferred(state, event.node) ? { ...state, noiseAt: now } : state;
    case 'lease-seen':
      return leaseSeen(state, event.lease, now);
    case 'lease-answered':
    case 'nats-answered':
      return { ...state, natsAt: now };
    case 'make-active':
      return { ...state, called: { until: now + 4 * state.settings.times.deadMs, force: event.force } };
    case 'maintenance':
      return { ...state, inMaintenance: event.isOn };
    case 'readiness':
      return { ...state, isReady: event.isReady };
    case 'armed':
    case 'activated':
    case 'extended':
    case 'muted':
      return state;
  }
};

/** A node that missed its own tick has missed what others said meanwhile; one without the gateway may be alone in its cut. */
const tick = (state: ElectionState, now: number): ElectionState => {
  const { settings, tickedAt } = state;
  const wasPaused = now - tickedAt > settings.times.heartbeatMs;
  const isCutOff = settings.others.length === 1 && !holdsGateway(state, now);
  return { ...state, tickedAt: now, noiseAt: wasPaused || isCutOff ? now : state.noiseAt };
};

const answered = (state: ElectionState, target: string, sentAt: number, now: number): ElectionState => {
  const { gateway, settings } = state;
  if (!settings.pingNodes.includes(target) || sentAt <= (gateway.answered.get(target) ?? Number.NEGATIVE_INFINITY)) {
    return state;
  }
  const since = sawGateway(state, now) ? gateway.since : now;
  return { ...state, gateway: { ...gateway, since, answered: new Map(gateway.answered).set(target, sentAt) } };
};

const isPreferred = ({ settings }: ElectionState, name: NodeName): boolean =>
  settings.others.some((other) => other.node === name && outranks(other, settings));

const leaseSeen = (state: ElectionState, lease: ElectionState['lease'], now: number): ElectionState => ({
  ...state,
  lease,
  epoch: Math.max(state.epoch, lease.epoch),
  leaseChangedAt: lease.revision === state.lease.revision ? state.leaseChangedAt : now,
  natsAt: now,
});
