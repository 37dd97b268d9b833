import { realServersOf } from '@evenkeel/cluster';
import { type Hash, type VirtualServiceId } from '@evenkeel/contracts';
import { type NodeFacts, type Picture } from '../picture.ts';
import { configurationName } from './configuration-name.ts';
import { desiredService, type DesiredService, type Layer7ServiceState, membersOf, skeletonOf } from './desired.ts';
import { Glance } from './glance.ts';
import { type HaproxyFiles } from './haproxy.ts';
import { renderFrame } from './render-frame.ts';
import { renderServerStates, renderServiceStates } from './render-server-states.ts';
import { renderService } from './render-service.ts';

/** What HAProxy should run on this node. */
export type WantedLayer7 = {
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
 * costs a glance at each service and the rendering of those that it touched.
 */
export class Layer7Wishes {
  private readonly glance = new Glance();
  private parts: ReadonlyMap<VirtualServiceId, Part> = new Map();
  private node: NodeFacts | undefined;
  private wanted: WantedLayer7 | undefined;

  constructor(private readonly hash: (text: string) => Hash) {}

  of(picture: Picture): News {
    const { states, touched } = this.glance.at(picture);
    const changed: WantedService[] = [];
    const parts = states.map((state) => {
      const known = this.parts.get(state.id);
      if (known?.state === state && !touched.has(state.id)) return known;
      const service = render(desiredIn(picture, state), known?.service);
      changed.push(service);
      return { state, service };
    });
    const isSame = changed.length === 0 && parts.length === this.parts.size && this.node === picture.node;
    if (this.wanted === undefined || !isSame) {
      this.wanted = this.assemble(
        parts.map(({ service }) => service),
        picture.node,
      );
      this.parts = new Map(parts.map((part) => [part.state.id, part]));
    }
    return { wanted: this.wanted, changed };
  }

  private assemble(services: readonly WantedService[], node: NodeFacts): WantedLayer7 {
    const structure = this.structureOf(services, node);
    const name = this.nameOf(services, structure);
    this.node = node;
    return { services, structure, name, pieces: [renderFrame(node, name), ...services.map(({ section }) => section)] };
  }

  private structureOf(services: readonly WantedService[], node: NodeFacts): Hash {
    const before = this.wanted;
    const isSame = before !== undefined && this.node === node && isSameIn(before.services, services, 'skeleton');
    if (isSame) return before.structure;
    return this.hash([renderFrame(node, ''), ...services.map(({ skeleton }) => skeleton)].join(''));
  }

  private nameOf(services: readonly WantedService[], structure: Hash): string {
    const before = this.wanted;
    if (before?.structure === structure && isSameIn(before.services, services, 'members')) return before.name;
    const edition = this.hash([structure, ...services.map(({ members }) => members)].join('\n'));
    return configurationName(structure, edition);
  }
}

const isSameIn = (
  before: readonly WantedService[],
  after: readonly WantedService[],
  part: 'skeleton' | 'members',
): boolean =>
  before.length === after.length && before.every((service, index) => service[part] === after[index]?.[part]);

/** One service, and the state that it was made from. */
type Part = { readonly state: Layer7ServiceState; readonly service: WantedService };

const desiredIn = ({ cluster, verdicts }: Picture, state: Layer7ServiceState): DesiredService =>
  desiredService(state, realServersOf(cluster, state.id), ({ id }) => verdicts.get(id));

/** Texts that come out the same are the same strings, so that whoever compares or hashes them is soon done. */
const render = (desired: DesiredService, before: WantedService | undefined): WantedService => ({
  desired,
  section: sameOr(before?.section, renderService(desired)),
  skeleton: sameOr(before?.skeleton, renderService(skeletonOf(desired))),
  members: sameOr(before?.members, membersOf(desired)),
  serverStates: renderServiceStates(desired),
});

const sameOr = (before: string | undefined, now: string): string => (before === now ? before : now);
