import { join } from 'node:path';
import { reachableDataFolder } from '@evenkeel/embedded';
import type { Gateway } from '@evenkeel/gateway';
import type { Observed } from '@evenkeel/telemetry';
import { rolePasswords } from './role-passwords.ts';
import { startServers } from './servers.ts';
import type { ApplianceSettings } from './settings.ts';

export { type ApplianceSettings, applianceSettingsFrom } from './settings.ts';

export type Order = {
  readonly settings: ApplianceSettings;
  /** Handed on to the parts, which know their own settings in it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Told in one line each what a person should know. */
  readonly say: (line: string) => void;
  /** For each part by its name. Asked for when there is time to load a logger. */
  readonly observe: (part: string) => Promise<Observed>;
};

/** A running box. */
export type Appliance = {
  readonly url: string;
  readonly fingerprint: string;
  readonly adminTokenFile: string;
  /** Ends everything, HAProxy too unless it was asked to be left serving. */
  readonly stop: () => Promise<void>;
};

/**
 * All of Evenkeel in this process, with Postgres and NATS as its children. The worker comes first: whatever was served
 * before is served again before there is a book to read. Throws what a part throws, with nothing left running.
 */
export const start = async (order: Order): Promise<Appliance> => {
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of stops.splice(0).toReversed()) await stopOne();
  };
  try {
    const running = await startAll(order, (one) => stops.push(one));
    return { ...running, stop };
  } catch (failure) {
    await stop();
    throw failure;
  }
};

const startAll = async (
  { settings, environment, say, observe }: Order,
  atStop: (stop: () => Promise<void>) => void,
): Promise<Omit<Appliance, 'stop'>> => {
  const { folder: data, notice } = await reachableDataFolder(settings.data);
  if (notice !== undefined) say(notice);
  const adminTokenFile = join(data, 'admin-token');

  const servers = startServers({ settings, data, say, atStop });
  await servers.areSpawned;
  // Loading keeps this thread busy for as long as the servers need to come up.
  const parts = await import('./parts.ts');
  const observedWorker = await observe('proxy');
  const { postgres, nats } = await servers.areUp;
  const { url, user, password } = nats.current();
  const EVENKEEL_CLUSTER_KEY_FILE = environment.EVENKEEL_CLUSTER_KEY_FILE ?? join(data, 'cluster.key');
  const shared = { ...environment, EVENKEEL_CLUSTER_KEY_FILE, NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password };

  // Each part takes what it knows of the environment; what only this box knows is added.
  const proxy = { ...shared, EVENKEEL_NODE: settings.node, EVENKEEL_PROXY_FOLDER: join(data, 'proxy') };
  const worker = parts.startProxy(parts.proxySettingsFrom(proxy), observedWorker).then(atStop);

  const passwords = await rolePasswords(join(data, 'postgres-roles.json'));
  const adminUrl = postgres.current().url;
  await parts.migrate(adminUrl, passwords);
  const config = {
    DATABASE_URL: asRole(adminUrl, 'evenkeel_config', passwords.config),
    EVENKEEL_ADMIN_TOKEN_FILE: adminTokenFile,
  };
  atStop(await parts.startConfig(parts.configSettingsFrom({ ...shared, ...config }), await observe('config')));
  await worker;

  const edge = parts.gatewaySettingsFrom({ ...shared, EVENKEEL_CERTIFICATE_FOLDER: join(data, 'gateway') });
  const own = [new URL(adminUrl).port, String(edge.port), environment['EVENKEEL_OPERATIONS_PORT'] ?? ''];
  const checker = parts.healthSettingsFrom({
    ...shared,
    EVENKEEL_CHECKER: `health-${settings.node}`,
    EVENKEEL_OWN_PORTS: own.filter((port) => Number(port) > 0).join(','),
  });
  const [gateway] = await Promise.all([
    parts.startGateway(edge, await observe('gateway')),
    parts.startHealth(checker, await observe('health')).then(atStop),
  ]);
  atStop(() => gateway.stop());
  await sayUnlessServing(gateway, say);
  return { url: gateway.url, fingerprint: gateway.fingerprint, adminTokenFile };
};

/** Ready means that what the book says was seen running; what keeps it from running is said, and is no reason to stop. */
const sayUnlessServing = async (gateway: Gateway, say: (line: string) => void): Promise<void> => {
  const { state, nodes } = await gateway.whenServing(10_000);
  if (state === 'converged') return;
  const words = nodes.flatMap(({ rejection, waitingFor }) => [rejection?.words ?? [], waitingFor].flat());
  say(`The data plane is not as the book wants it: ${state}${words.length === 0 ? '' : `, ${words.join('; ')}`}`);
};

const asRole = (url: string, role: string, password: string): string => {
  const changed = new URL(url);
  changed.username = role;
  changed.password = password;
  return changed.href;
};
