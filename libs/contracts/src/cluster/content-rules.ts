import * as z from 'zod';
import { canonicalNetwork, isNetwork } from '../address.ts';
import { VirtualServiceId } from '../ids.ts';
import { Label } from '../values.ts';
import { HeaderName } from './header-rules.ts';
import { RedirectCode } from './https-redirect.ts';

const visible = (longest: number) =>
  z.string().regex(new RegExp(`^[\\x21-\\x7e]([\\x20-\\x7e]{0,${longest - 2}}[\\x21-\\x7e])?$`), 'visible ASCII');

const text = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exact'), value: visible(512) }),
  z.strictObject({ kind: z.literal('prefix'), value: visible(512) }),
  z.strictObject({ kind: z.literal('suffix'), value: visible(512) }),
]);

const hostName = z
  .string()
  .max(253)
  .regex(/^(\*\.)?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'a host name, or "*." and a domain for all below it')
  .overwrite((name) => name.toLowerCase());

/** An address alone is a network of one. */
const Network = z
  .string()
  .refine(isNetwork, 'an address, or a network such as 10.20.0.0/16 or 2001:db8:20::/48')
  .overwrite(canonicalNetwork);

const some = <Item extends z.ZodType>(item: Item) => z.array(item).min(1).max(64);

const named = { name: HeaderName, value: text.optional().describe('Left out: any value will do') };

/** All that is said must hold; of a list, one of it. */
const ContentMatch = z
  .strictObject({
    path: some(text).optional().describe('Of the decoded path, without the query; dots in it are not resolved'),
    host: some(hostName).optional().describe('Whatever its port; `*.example.org` is all below it, and not itself'),
    header: z.strictObject(named).optional(),
    query: z
      .strictObject({ ...named, name: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/, 'letters, digits, "_", "." or "-"') })
      .optional()
      .describe('A parameter of the query, decoded'),
    source: some(Network).optional().describe("The client's address, as HAProxy sees it"),
  })
  .refine((match) => Object.values(match).some((part) => part !== undefined), {
    message: 'say what to match: path, host, header, query or source',
  });
export type ContentMatch = z.infer<typeof ContentMatch>;

const redirect = z.strictObject({
  kind: z.literal('redirect'),
  code: RedirectCode.default(302),
  location: z.string().regex(/^(https?:\/\/|\/)[\x21-\x7e]{0,1000}$/, 'starts with "http://", "https://" or "/"'),
  keepPath: z.boolean().default(false).describe("Put the request's own path and query after the location"),
});
const toServer = z.strictObject({
  kind: z.literal('server'),
  realServer: Label.describe('A real server of this service; while it is not up, the balance chooses'),
});
const deny = z.strictObject({
  kind: z.literal('deny'),
  status: z.union([z.literal(403), z.literal(404)]).default(403),
});

const toService = <Reference extends z.ZodType>(virtualService: Reference) =>
  z.strictObject({ kind: z.literal('service'), virtualService });

/** The first rule that matches is the one that counts. `Reference`: how another service is named. */
const rulesNaming = <Reference extends z.ZodType>(reference: Reference, suffix: string) =>
  z
    .array(
      z
        .strictObject({
          match: ContentMatch,
          action: z.discriminatedUnion('kind', [redirect, toService(reference), toServer, deny]),
        })
        .meta({ id: `${suffix}ContentRule` }),
    )
    .max(64)
    .optional()
    .describe('What becomes of certain requests; the first rule that matches is the one that counts');

export const contentRules = rulesNaming(
  VirtualServiceId.describe('Its real servers, balance and persistence: layer 7 in mode `http`'),
  '',
);
/** As a document says it: the label of a service of the same scope, or the id of any other. */
export const declaredContentRules = rulesNaming(Label, 'Declared');

export type ContentRule = NonNullable<z.infer<typeof contentRules>>[number];
