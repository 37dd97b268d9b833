import type { ClusterEvent, RealServerState } from '@evenkeel/contracts';

// The fact that gives a real server an intent; undefined when it has it already.

type Drain = { readonly clients: 'keep' | 'forget' };
type Halt = { readonly connections: 'close' | 'finish' };

export const drained = ({ id, intent }: RealServerState, { clients }: Drain): ClusterEvent | undefined =>
  intent.intent === 'drain' && intent.clients === clients
    ? undefined
    : { kind: 'RealServerDrainStarted', realServerId: id, clients };

export const halted = ({ id, intent }: RealServerState, { connections }: Halt): ClusterEvent | undefined =>
  intent.intent === 'halt' && intent.connections === connections
    ? undefined
    : { kind: 'RealServerHalted', realServerId: id, connections };

export const broughtOnline = ({ id, intent }: RealServerState): ClusterEvent | undefined =>
  intent.intent === 'online' ? undefined : { kind: 'RealServerBroughtOnline', realServerId: id };
