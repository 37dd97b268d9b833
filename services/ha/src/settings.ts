import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { ClusterName, HaGroupName, NodeName } from '@evenkeel/contracts';
import { profiles } from '@evenkeel/election';
import * as z from 'zod';

const keyBytesLeast = 32;

/** `lb-b=192.168.85.12/2`: name, address in the segment, rank. */
const Peer = z
  .string()
  .regex(/^[^=]+=[^/]+\/\d+$/, 'name=address/rank, such as lb-b=192.168.85.12/2')
  .transform((text) => {
    const [, name = '', address = '', rank = ''] = /^(.+)=(.+)\/(\d+)$/.exec(text) ?? [];
    return { node: NodeName.parse(name), address: z.ipv4().parse(address), rank: Number(rank) };
  });

/** From the environment. */
export const HaSettings = z.object({
  cluster: ClusterName.default(ClusterName.parse('radiology')),
  node: NodeName.default(() => NodeName.parse(hostname().toLowerCase())),
  /** The smaller is preferred. */
  rank: z.coerce.number().int().min(0).max(1_000).default(1),
  /** Addresses that move together. */
  group: HaGroupName.default('addresses'),
  addresses: z.array(z.ipv4()).min(1).max(256),
  /** The network card that they are on. */
  card: z.string(),
  peers: z.array(Peer).max(6).default([]),
  /** Usually the segment's gateway alone. */
  pingNodes: z
    .array(z.ipv4())
    .max(63)
    .default([])
    .refine(({ length }) => length === 0 || length % 2 === 1, 'an odd number of them, so that there is a majority'),
  port: z.coerce.number().int().min(1).max(65_535).default(6_694),
  profile: z.enum(Object.keys(profiles) as [keyof typeof profiles]).default('safe'),
  /** Holds the count of starts and the newest epoch. */
  folder: z.string(),
  /** Who serves is told there. Unset: nobody is told; the election itself never needs it. */
  nats: z
    .object({ servers: z.array(z.string()).min(1), user: z.string().optional(), password: z.string().optional() })
    .optional(),
  /** The newest first; two while one replaces the other. */
  keys: z.tuple([z.instanceof(Buffer)], z.instanceof(Buffer)),
});
export type HaSettings = z.infer<typeof HaSettings>;

/** No other node is configured: nobody can take the addresses, so there is no reason to let go of them when an agent ends. */
export const isAlone = ({ peers }: Pick<HaSettings, 'peers'>): boolean => peers.length === 0;

/** Throws with the name of the variable that does not fit. */
export const haSettingsFrom = (environment: NodeJS.ProcessEnv): HaSettings =>
  HaSettings.parse({
    cluster: environment.EVENKEEL_CLUSTER,
    node: environment.EVENKEEL_NODE,
    rank: environment.EVENKEEL_HA_RANK,
    group: environment.EVENKEEL_HA_GROUP,
    addresses: listIn(environment.EVENKEEL_HA_ADDRESSES),
    card: environment.EVENKEEL_HA_CARD,
    peers: listIn(environment.EVENKEEL_HA_PEERS),
    pingNodes: listIn(environment.EVENKEEL_HA_PING_NODES),
    port: environment.EVENKEEL_HA_PORT,
    profile: environment.EVENKEEL_HA_PROFILE,
    folder: environment.EVENKEEL_HA_FOLDER,
    nats: busIn(environment),
    keys: environment.EVENKEEL_HA_KEY_FILES?.split(',').map(keyIn),
  });

/** Set to nothing, as a compose file does it, is as good as unset. */
const listIn = (text: string | undefined): string[] | undefined => text?.split(',').filter((one) => one !== '');

const busIn = ({ NATS_URL, NATS_USER: user, NATS_PASSWORD: password }: NodeJS.ProcessEnv) => {
  const servers = listIn(NATS_URL) ?? [];
  return servers.length === 0 ? undefined : { servers, user, password };
};

/** Base64 or any other text in a file: its bytes are the key. */
const keyIn = (path: string): Buffer => {
  const key = Buffer.from(readFileSync(path, 'utf8').trim());
  if (key.length < keyBytesLeast)
    throw new Error(`${path}: the key has ${key.length} bytes, ${keyBytesLeast} at least`);
  return key;
};
