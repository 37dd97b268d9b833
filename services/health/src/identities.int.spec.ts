import { join } from 'node:path';
import { type Cluster, emptyCluster } from '@evenkeel/cluster';
import type { Revision, SecretState } from '@evenkeel/contracts';
import { type ClusterKey, readOrMakeClusterKey, secretLabel } from '@evenkeel/kernel/sealing';
import { makeTempFolder, type TempFolder } from '@evenkeel/testing/lab';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { Identities } from './identities.ts';

// Against a real key in a real file; the store is a map here.

let folder: TempFolder;
let clusterKeyFile: string;
let key: ClusterKey;
let store: Map<string, string>;
let fetched: string[];
let cluster: Cluster;
let identities: Identities;

beforeAll(async () => {
  folder = await makeTempFolder('identities-spec');
  clusterKeyFile = join(folder.path, 'cluster.key');
  key = await readOrMakeClusterKey(clusterKeyFile);
});
afterAll(() => folder.remove());
beforeEach(() => {
  store = new Map();
  fetched = [];
  cluster = emptyCluster;
  const material = (name: string): Promise<string | undefined> => {
    fetched.push(name);
    return Promise.resolve(store.get(name));
  };
  identities = new Identities(() => cluster, { material, clusterKeyFile });
});

const name = 'monitor';
/** What the book says once this password was stored. */
const told = (password: string): SecretState => {
  const material = key.nameFor(password);
  return { name, facts: { kind: 'username-password', material }, version: 1 as Revision };
};
const keep = ({ facts: { material } }: SecretState, text: string, label = secretLabel(name, material)): void =>
  void store.set(material, key.seal(label, text));
const stored = (password: string): void => {
  const state = told(password);
  keep(state, JSON.stringify({ username: 'u', password }));
  cluster = { ...cluster, secrets: cluster.secrets.set(name, state) };
};
const passwordNow = async (): Promise<string> => (await identities.of(name)).reveal().password;

it('is fetched once for all who ask, and anew when it was replaced', async () => {
  stored('one');
  expect(await Promise.all([passwordNow(), passwordNow(), passwordNow()])).toEqual(['one', 'one', 'one']);
  expect(fetched).toHaveLength(1);
  stored('two');
  expect([await passwordNow(), await passwordNow(), fetched.length]).toEqual(['two', 'two', 2]);
});

it('is asked for again after a failure', async () => {
  stored('one');
  const sealed = new Map(store);
  store.clear();
  await expect(identities.of(name)).rejects.toThrow('the store does not have it: upload it again');
  store = sealed;
  expect(await passwordNow()).toBe('one');
});

it('is forgotten when the book does not name it any more', async () => {
  stored('one');
  await passwordNow();
  const before = cluster;
  cluster = { ...cluster, secrets: cluster.secrets.delete(name) };
  await expect(identities.of(name)).rejects.toThrow('the book has no secret of this name');
  identities.forgetOthers();
  cluster = before;
  expect([await passwordNow(), fetched.length]).toEqual(['one', 2]);
});

it('is not what was sealed as another secret, or is no user name with a password; neither is quoted', async () => {
  stored('canary-1');
  keep(told('canary-1'), JSON.stringify({ username: 'u', password: 'canary-1' }), secretLabel('other', 'x'));
  await expect(identities.of(name)).rejects.toThrow('it was sealed with another key than this checker has');
  keep(told('canary-1'), 'canary-1');
  const failure = await identities.of(name).catch((reason: unknown) => reason as Error);
  expect(failure).toMatchObject({ message: 'what is sealed there is no user name with a password' });
  expect((failure as Error).cause).toBeUndefined();
});
