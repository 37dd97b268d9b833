import { type Cluster, realServersOf, verdictsFor } from '@evenkeel/cluster';
import {
  type Hash,
  isHttpsRedirect,
  type RealServerId,
  type VerdictState,
  type VirtualServiceId,
} from '@evenkeel/contracts';
import { type Picture } from '../picture.ts';
import { configurationName } from './configuration-name.ts';
import { desiredService, type DesiredService, type Layer7ServiceState, membersOf, skeletonOf } from './desired.ts';
import { Glance } from './glance.ts';
import { type HaproxyFiles } from './haproxy.ts';
import { renderCertificates } from './render-certificates.ts';
import { type Frame, renderFrame } from './render-frame.ts';
import { renderServerStates, renderServiceStates } from './render-server-states.ts';
import { renderService } from './render-service.ts';

/** What HAProxy should run on this node. */
export type WantedLayer7 = {
  readonly frame: Frame;
  readonly services: readonly WantedService[];
  /** A worker of another one needs a reload. */
  readonly structure: Hash;
  /** Of the configuration: see `configurationName`. */
  readonly name: string;
  /** haproxy.cfg in pieces. A piece that has not changed is the same string as before. */
  readonly pieces: readonly string[];
};

export type WantedService = {
  readonly desired: DesiredService;
  /** Its section of haproxy.cfg. */
  readonly section: string;
  /** The section of its skeleton: what a reload is needed for. */
  readonly skeleton: string;
  /** See `membersOf`. */
  readonly members: string;
  /** Its lines of the server state file. */
  readonly serverStates: string;
};

/** The files of what is wanted. Costs as much as the cluster is large. */
export const filesOf = ({ services, name, pieces }: WantedLayer7): HaproxyFiles => ({
  configuration: pieces.join(''),
  serverStates: renderServerStates(services.map(({ serverStates }) => serverStates)),
  name,
});

/** What is wanted now, and which of its services are not as they were at the last call. */
export type News = { readonly wanted: WantedLayer7; readonly changed: readonly WantedService[] };

/**
 * From pictures to wishes. States are replaced and never changed, so what is identical is not looked into: a change
 * costs the rendering of the services that it touched.
 */
export class Layer7Wishes {
  private readonly glance = new Glance();
  private states: readonly Layer7ServiceState[] = [];
  private places: ReadonlyMap<VirtualServiceId, number> = new Map();
  private certificates: Cluster['certificates'] | undefined;
  private wanted: WantedLayer7 | undefined;

  constructor(private readonly hash: (text: string) => Hash) {}

  of(picture: Picture): News {
    const { states, touched } = this.glance.at(picture);
    const before = this.wanted?.services ?? [];
    const rendered =
      states === this.states ? this.renew(before, touched, picture) : this.arrange(before, states, touched, picture);
    const { services, changed } = rendered;
    const frame = frameOf(picture, this.wanted?.frame);
    const { certificates } = picture.cluster;
    const isSameAround = this.wanted?.frame === frame && this.certificates === certificates;
    const isSame = changed.length === 0 && services.length === before.length && isSameAround;
    if (this.wanted === undefined || !isSame) this.wanted = this.assemble(rendered, frame, certificates);
    return { wanted: this.wanted, changed };
  }

  /** The same services as before, some of them touched. */
  private renew(before: readonly WantedService[], touched: ReadonlySet<VirtualServiceId>, picture: Picture): Rendered {
    if (touched.size === 0) return { services: before, changed: [], isSameIn: () => true };
    const services = [...before];
    const changed: WantedService[] = [];
    const old: (WantedService | undefined)[] = [];
    for (const id of touched) {
      const place = this.places.get(id);
      const state = place === undefined ? undefined : this.states[place];
      if (place === undefined || state === undefined) continue; // of layer 4, or gone
      const service = render(desiredIn(picture, state), before[place]);
      services[place] = service;
      changed.push(service);
      old.push(before[place]);
    }
    return { services, changed, isSameIn: (part) => isSameIn(old, changed, part) };
  }

  /** Other services than before, or other settings of some. */
  private arrange(
    before: readonly WantedService[],
    states: readonly Layer7ServiceState[],
    touched: ReadonlySet<VirtualServiceId>,
    picture: Picture,
  ): Rendered {
    const changed: WantedService[] = [];
    const services = states.map((state) => {
      const place = this.places.get(state.id);
      const known = place === undefined ? undefined : before[place];
      const isSame = place !== undefined && this.states[place] === state && !touched.has(state.id);
      if (known !== undefined && isSame) return known;
      const service = render(desiredIn(picture, state), known);
      changed.push(service);
      return service;
    });
    this.states = states;
    this.places = new Map(states.map(({ id }, place) => [id, place]));
    return { services, changed, isSameIn: (part) => isSameIn(before, services, part) };
  }

  private assemble(rendered: Rendered, frame: Frame, certificates: Cluster['certificates']): WantedLayer7 {
    const { services } = rendered;
    const structure = this.structureOf(rendered, frame);
    const name = this.nameOf(rendered, structure);
    this.certificates = certificates;
    const sections = services.map(({ section }) => section);
    const pieces = [renderFrame(frame, name), ...sections, ...renderCertificates(certificates)];
    return { frame, services, structure, name, pieces };
  }

  private structureOf({ services, isSameIn }: Rendered, frame: Frame): Hash {
    const before = this.wanted;
    if (before?.frame === frame && isSameIn('skeleton')) return before.structure;
    return this.hash([renderFrame(frame, ''), ...services.map(({ skeleton }) => skeleton)].join(''));
  }

  private nameOf({ services, isSameIn }: Rendered, structure: Hash): string {
    const before = this.wanted;
    if (before?.structure === structure && isSameIn('members')) return before.name;
    const edition = this.hash([structure, ...services.map(({ members }) => members)].join('\n'));
    return configurationName(structure, edition);
  }
}

type Part = 'skeleton' | 'members';

/** All services now, those of them that were rendered anew, and whether all are as before in one part. */
type Rendered = {
  readonly services: readonly WantedService[];
  readonly changed: readonly WantedService[];
  readonly isSameIn: (part: Part) => boolean;
};

const isSameIn = (
  before: readonly (WantedService | undefined)[],
  after: readonly WantedService[],
  part: Part,
): boolean =>
  before.length === after.length && before.every((service, index) => service?.[part] === after[index]?.[part]);

/** The same object as before when nothing of it has changed. */
const frameOf = ({ node, cluster }: Picture, before: Frame | undefined): Frame => {
  const { hardStopAfter } = cluster.settings.spec;
  return before?.node === node && before.hardStopAfter === hardStopAfter ? before : { node, hardStopAfter };
};

const desiredIn = ({ cluster, verdicts, warming }: Picture, state: Layer7ServiceState): DesiredService => {
  const realServers = realServersOf(cluster, state.id);
  const said = (id: RealServerId): VerdictState | undefined => verdicts.get(id);
  const verdictOf = isHttpsRedirect(state.spec) ? said : verdictsFor(state.spec, realServers, said);
  return desiredService(state, realServers, ({ id }) => verdictOf(id), cluster.virtualServices, warming);
};

/** Texts that come out the same are the same strings, so that whoever compares or hashes them is soon done. */
const render = (desired: DesiredService, before: WantedService | undefined): WantedService => ({
  desired,
  section: sameOr(before?.section, renderService(desired)),
  skeleton: sameOr(before?.skeleton, renderService(skeletonOf(desired))),
  members: sameOr(before?.members, membersOf(desired)),
  serverStates: renderServiceStates(desired),
});

const sameOr = (before: string | undefined, now: string): string => (before === now ? before : now);
