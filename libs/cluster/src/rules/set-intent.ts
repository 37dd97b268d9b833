import type { ClusterEvent, IntentState, RealServerId, RealServerState } from '@evenkeel/contracts';

// The fact that gives a real server an intent; undefined when it has it already.

type Drain = Omit<Extract<IntentState, { intent: 'drain' }>, 'intent'>;
type Halt = Omit<Extract<IntentState, { intent: 'halt' }>, 'intent'>;

export const drained = ({ id, intent }: RealServerState, wish: Drain): ClusterEvent | undefined => {
  const { clients, deadline, until } = wish;
  const isSo =
    intent.intent === 'drain' && intent.clients === clients && intent.deadline === deadline && intent.until === until;
  return isSo ? undefined : drainStarted(id, wish);
};

export const drainStarted = (realServerId: RealServerId, { clients, deadline, until }: Drain): ClusterEvent => ({
  kind: 'RealServerDrainStarted',
  realServerId,
  clients,
  ...(deadline === undefined ? {} : { deadline }),
  ...(until === undefined ? {} : { until }),
});

export const halted = ({ id, intent }: RealServerState, wish: Halt): ClusterEvent | undefined => {
  const { connections, until } = wish;
  const isSo = intent.intent === 'halt' && intent.connections === connections && intent.until === until;
  return isSo ? undefined : haltedNow(id, wish);
};

export const haltedNow = (realServerId: RealServerId, { connections, until }: Halt): ClusterEvent => ({
  kind: 'RealServerHalted',
  realServerId,
  connections,
  ...(until === undefined ? {} : { until }),
});

export const broughtOnline = ({ id, intent }: RealServerState): ClusterEvent | undefined =>
  intent.intent === 'online' ? undefined : { kind: 'RealServerBroughtOnline', realServerId: id };
