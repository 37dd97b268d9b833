import type { ClusterEvent, IntentState, RealServerId, RealServerState } from '@evenkeel/contracts';

// The fact that gives a real server an intent; undefined when it has it already.

type Drain = Omit<Extract<IntentState, { intent: 'drain' }>, 'intent'>;
type Halt = Omit<Extract<IntentState, { intent: 'halt' }>, 'intent'>;

export const drained = ({ id, intent }: RealServerState, wish: Drain): ClusterEvent | undefined => {
  const isSo = intent.intent === 'drain' && intent.clients === wish.clients && intent.deadline === wish.deadline;
  return isSo ? undefined : drainStarted(id, wish);
};

export const drainStarted = (realServerId: RealServerId, { clients, deadline }: Drain): ClusterEvent => ({
  kind: 'RealServerDrainStarted',
  realServerId,
  clients,
  ...(deadline === undefined ? {} : { deadline }),
});

export const halted = ({ id, intent }: RealServerState, { connections }: Halt): ClusterEvent | undefined =>
  intent.intent === 'halt' && intent.connections === connections
    ? undefined
    : { kind: 'RealServerHalted', realServerId: id, connections };

export const broughtOnline = ({ id, intent }: RealServerState): ClusterEvent | undefined =>
  intent.intent === 'online' ? undefined : { kind: 'RealServerBroughtOnline', realServerId: id };
