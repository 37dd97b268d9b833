import type { RealServerId, RealServerState, VirtualServiceId, VirtualServiceState } from '@evenkeel/contracts';
import type { History } from '../decision.ts';
import { type Cluster, realServersOf } from '../state/cluster.ts';
import { imagine } from '../state/imagine.ts';

/** The cluster right before a commit, right after it, and now. */
export type Timeline = { readonly was: Cluster; readonly became: Cluster; readonly now: Cluster };

/** One thing at the three times; undefined while it is not there. */
export type Thing<State> = {
  readonly was: State | undefined;
  readonly became: State | undefined;
  readonly now: State | undefined;
};

export const timelineOf = (now: Cluster, { commit, before }: History): Timeline => ({
  was: before,
  became: imagine(before, commit.events),
  now,
});

export const serviceAlong = ({ was, became, now }: Timeline, id: VirtualServiceId): Thing<VirtualServiceState> => ({
  was: was.virtualServices.get(id),
  became: became.virtualServices.get(id),
  now: now.virtualServices.get(id),
});

export const realServerAlong = ({ was, became, now }: Timeline, id: RealServerId): Thing<RealServerState> => ({
  was: was.realServers.get(id),
  became: became.realServers.get(id),
  now: now.realServers.get(id),
});

/** What a commit did something to itself, each in the order of its events. */
export const subjectsOf = ({ commit, before }: History) => {
  const services = new Set<VirtualServiceId>();
  const realServers = new Set<RealServerId>();
  const certificates = new Set<string>();
  const secrets = new Set<string>();
  for (const event of commit.events) {
    if ('realServerId' in event) realServers.add(event.realServerId);
    else if ('virtualServiceId' in event) services.add(event.virtualServiceId);
    else if ('certificate' in event) certificates.add(event.certificate);
    else if ('secret' in event) secrets.add(event.secret);
    if (event.kind === 'VirtualServiceRemoved')
      for (const { id } of realServersOf(before, event.virtualServiceId)) realServers.add(id);
  }
  return {
    services: [...services],
    realServers: [...realServers],
    certificates: [...certificates],
    secrets: [...secrets],
  };
};
