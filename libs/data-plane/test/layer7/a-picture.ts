import { type Cluster, fromSnapshot } from '@evenkeel/cluster';
import {
  type IntentState,
  NodeName,
  type RealServerId,
  type RealServerInput,
  type VerdictState,
} from '@evenkeel/contracts';
import {
  aRealServer,
  aSnapshot,
  aVirtualService,
  realServerId,
  type ServiceFields,
  virtualServiceId,
} from '@evenkeel/testing';
import { type NodeFacts, type Picture } from '../../src/picture.ts';

/** A cluster as short as it can be said. Whatever is left out is as in the factories. */
export type Sketch = {
  readonly node?: NodeFacts;
  readonly services: readonly ServiceSketch[];
};
export type ServiceSketch = {
  readonly number: number;
  readonly enabled?: boolean;
  readonly spec?: ServiceFields;
  readonly realServers: readonly RealServerSketch[];
};
export type RealServerSketch = {
  readonly number: number;
  readonly spec?: Partial<RealServerInput>;
  readonly intent?: IntentState;
  readonly verdict?: VerdictState;
};

export const aNode: NodeFacts = { name: NodeName.parse('node-a'), peers: [], maxSockets: 20_000 };

export const aPicture = ({ node = aNode, services }: Sketch): Picture => ({
  node,
  cluster: clusterOf(services),
  verdicts: new Map(services.flatMap(({ realServers }) => realServers.flatMap(verdictOf))),
});

const clusterOf = (services: readonly ServiceSketch[]): Cluster =>
  fromSnapshot(
    aSnapshot(
      services.map(({ number, enabled = true, spec = {} }) => aVirtualService({ number, enabled, spec })),
      services.flatMap(({ number: service, realServers }) =>
        realServers.map(({ number, spec = {}, intent = { intent: 'online' } }) =>
          aRealServer({ number, spec, intent, virtualServiceId: virtualServiceId(service) }),
        ),
      ),
    ),
  );

const verdictOf = ({ number, verdict }: RealServerSketch): [RealServerId, VerdictState][] =>
  verdict === undefined ? [] : [[realServerId(number), verdict]];
