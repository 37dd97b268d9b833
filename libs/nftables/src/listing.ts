import {
  type Family,
  layer4Table,
  type RememberedClient,
  type RunningChain,
  type RunningLayer4,
  type RunningSet,
} from '@evenkeel/data-plane';
import * as z from 'zod';

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/**
 * What nft lists, as far as we read it: one object with one key, the kind, for each thing. Rules stay in nft's words;
 * they are compared, not understood. Source: libnftables-json(5), tried on 1.0.6.
 */
const Listing = z.object({ nftables: z.array(z.custom<Readonly<Record<string, Fields>>>(isObject)) });
const Named = z.object({ name: z.string() });
const Hook = z.object({ type: z.string(), hook: z.string(), prio: z.int(), policy: z.string() });
const SetFields = z.object({
  type: z.unknown(),
  size: z.int().optional(),
  flags: z.union([z.array(z.string()), z.string().transform((flag) => [flag])]).default([]),
});
const Rule = z.object({
  chain: z.string(),
  expr: z.custom<readonly unknown[]>(Array.isArray),
  comment: z.string().optional(),
});

type Fields = { readonly family?: unknown; readonly table?: unknown; readonly name?: unknown };
type Thing = { readonly kind: string; readonly fields: Fields };

/** Our table out of a listing of every table; undefined when it is not there. Throws on what is no listing. */
export const readRunning = (listing: string, family: Family): RunningLayer4 | undefined => {
  const { name } = layer4Table(family);
  const things = thingsIn(listing).filter(({ fields }) => fields.family === family);
  if (!things.some(({ kind, fields }) => kind === 'table' && fields.name === name)) return undefined;
  const ours = Map.groupBy(
    things.filter(({ fields }) => fields.table === name),
    ({ kind }) => kind,
  );
  const { set = [], counter = [], chain = [], rule = [], ...others } = Object.fromEntries(ours);
  const rules = Map.groupBy(
    rule.map(({ fields }) => Rule.parse(fields)),
    (parsed) => parsed.chain,
  );
  return {
    family,
    sets: new Map(set.map((thing) => [nameOf(thing), setOf(thing)])),
    counters: new Set(counter.map(nameOf)),
    chains: new Map(chain.map((thing) => [nameOf(thing), chainOf(thing, rules.get(nameOf(thing)) ?? [])])),
    strangers: Object.values(others)
      .flat()
      .map((thing) => ({ kind: thing.kind, name: nameOf(thing) })),
  };
};

const Elements = z.object({ elem: z.custom<readonly unknown[]>(Array.isArray).default([]) });

/** The elements out of a listing of one set of clients. There may be a hundred thousand: zod takes as long as nft for them. */
export const readClients = (listing: string): RememberedClient[] =>
  thingsIn(listing)
    .filter(({ kind }) => kind === 'set')
    .flatMap(({ fields }) => Elements.parse(fields).elem)
    .map(clientOf)
    // Those in their last second would come back without any time left, which nft does not accept.
    .filter(({ expiresSeconds }) => expiresSeconds > 0);

type Element = { readonly elem?: { readonly val?: unknown; readonly timeout?: unknown; readonly expires?: unknown } };

const clientOf = (element: unknown): RememberedClient => {
  const { val: address, timeout: timeoutSeconds, expires: expiresSeconds } = (element as Element).elem ?? {};
  if (typeof address === 'string' && typeof timeoutSeconds === 'number' && typeof expiresSeconds === 'number') {
    return { address, timeoutSeconds, expiresSeconds };
  }
  throw new TypeError(`nft lists a client without an end: ${JSON.stringify(element)}`);
};

const thingsIn = (listing: string): Thing[] =>
  Listing.parse(JSON.parse(listing)).nftables.flatMap((object) =>
    Object.entries(object).map(([kind, fields]) => ({ kind, fields })),
  );

const nameOf = ({ fields }: Thing): string => Named.parse(fields).name;

const setOf = ({ fields }: Thing): RunningSet => {
  const { type, size, flags } = SetFields.parse(fields);
  return { type, size, flags };
};

const chainOf = ({ fields }: Thing, rules: readonly z.infer<typeof Rule>[]): RunningChain => {
  const hook = Hook.safeParse(fields);
  const ruleFields = rules.map(({ expr, comment }) => (comment === undefined ? { expr } : { expr, comment }));
  return hook.success ? { hook: hook.data, rules: ruleFields } : { rules: ruleFields };
};
