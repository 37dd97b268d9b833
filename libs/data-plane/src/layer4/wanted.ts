import { type Cluster, realServersOf } from '@evenkeel/cluster';
import { type VirtualServiceId } from '@evenkeel/contracts';
import {
  desiredService,
  familyOf,
  type Layer4Desired,
  type Layer4Picture,
  type Layer4ServiceState,
  layer4ServicesOf,
} from './desired.ts';
import { writePart, writeTable } from './nft-text.ts';
import { renderShared } from './render.ts';
import { renderService } from './render-service.ts';
import { type Family, type NftPart, type NftRuleset, together } from './ruleset.ts';

/** What a node should run in layer 4 of one family. */
export type WantedLayer4 = {
  readonly services: readonly Layer4Desired[];
  /** Undefined: no service, no table. */
  readonly ruleset: NftRuleset | undefined;
  /** The same in nft's own language, in pieces; none without a table. */
  readonly text: readonly string[];
};

type Part = {
  readonly inputs: readonly unknown[];
  readonly service: Layer4Desired;
  readonly ruleset: NftPart;
  readonly text: string;
};

/**
 * From pictures to wishes. States are replaced and never changed, so whatever is identical needs no second look:
 * a picture that differs in layer 7 only costs a glance, and gives the very same object again.
 */
export class Layer4Wishes {
  private parts: ReadonlyMap<VirtualServiceId, Part> = new Map();
  private seen:
    { readonly from: Cluster['virtualServices']; readonly states: readonly Layer4ServiceState[] } | undefined;
  private last: WantedLayer4 | undefined;

  constructor(private readonly family: Family) {}

  of(picture: Layer4Picture): WantedLayer4 {
    const parts = new Map(this.statesIn(picture.cluster).map((state) => [state.id, this.partOf(state, picture)]));
    const before = [...this.parts.values()];
    const now = [...parts.values()];
    this.parts = parts;
    if (this.last === undefined || !isSameList(before, now)) this.last = wantedFrom(this.family, now);
    return this.last;
  }

  private statesIn({ virtualServices }: Cluster): readonly Layer4ServiceState[] {
    if (this.seen?.from !== virtualServices) {
      const states = layer4ServicesOf({ virtualServices }).filter((state) => familyOf(state) === this.family);
      this.seen = { from: virtualServices, states };
    }
    return this.seen.states;
  }

  private partOf(state: Layer4ServiceState, picture: Layer4Picture): Part {
    const realServers = realServersOf(picture.cluster, state.id);
    const told = realServers.map(({ id }) => picture.verdicts.get(id));
    const warmths = realServers.map(({ id }) => picture.warming?.get(id));
    const inputs = [state, ...realServers, ...told, ...warmths];
    const known = this.parts.get(state.id);
    if (known !== undefined && isSameList(known.inputs, inputs)) return known;
    const service = desiredService(state, picture);
    const ruleset = renderService(service);
    return { inputs, service, ruleset, text: textOf(state, picture, ruleset) };
  }
}

/** As if everybody were warm: the configuration is the same on all nodes, whenever they look. */
const textOf = (state: Layer4ServiceState, { cluster, verdicts, warming }: Layer4Picture, ruleset: NftPart): string =>
  writePart((warming?.size ?? 0) > 0 ? renderService(desiredService(state, { cluster, verdicts })) : ruleset);

/** The same for one picture, without memory. */
export const wantedLayer4 = (picture: Layer4Picture, family: Family): WantedLayer4 =>
  new Layer4Wishes(family).of(picture);

const wantedFrom = (family: Family, parts: readonly Part[]): WantedLayer4 => {
  if (parts.length === 0) return { services: [], ruleset: undefined, text: [] };
  const services = parts.map(({ service }) => service);
  const shared = renderShared(family, services);
  return {
    services,
    ruleset: { family, ...together([shared, ...parts.map(({ ruleset }) => ruleset)]) },
    text: writeTable(family, [writePart(shared), ...parts.map(({ text }) => text)]),
  };
};

const isSameList = (before: readonly unknown[], now: readonly unknown[]): boolean =>
  before.length === now.length && before.every((item, index) => item === now[index]);
