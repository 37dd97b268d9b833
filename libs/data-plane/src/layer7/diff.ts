import { hostAndPort, type IntentState } from '@evenkeel/contracts';
import { called, closesWhenDown, type DesiredServer, type DesiredService, hasStickTable } from './desired.ts';
import { type Difference, join, misfit } from './difference.ts';
import { addition, type Ground, leftovers, removal } from './membership.ts';
import { type RunningServer, type RunningServices } from './running.ts';
import { type Change, change, standingChanges } from './standing.ts';
import { type Step } from './step.ts';

/**
 * Cheapest steps from `ground` to `services`, none when they agree. What HAProxy cannot show (forgotten clients, closed
 * connections) is a deed, done once for each wish: `isDone` says for which. Other services are not looked at.
 */
export const diffServices = (
  services: readonly DesiredService[],
  ground: Ground,
  isDone: (wish: IntentState) => boolean,
): Difference =>
  join(
    services.flatMap((service) => [
      ...service.servers.map((server) => diffServer(service, server, ground, isDone)),
      ...(ground.adds === 'none'
        ? []
        : leftovers(service, ground.services.get(service.name)).map((leftover) => removal(service, leftover))),
    ]),
  );

/** Services that run and are not wanted, in words. */
export const strangersIn = (running: RunningServices, services: readonly DesiredService[]): readonly string[] => {
  const wanted = new Set(services.map(({ name }) => name));
  return [...running.keys()].filter((name) => !wanted.has(name)).map((name) => `${name} is not wanted`);
};

const diffServer = (
  service: DesiredService,
  server: DesiredServer,
  ground: Ground,
  isDone: (wish: IntentState) => boolean,
): Difference => {
  const now = ground.services.get(service.name)?.get(server.name);
  const place = `${service.name}/${server.name}`;
  if (now === undefined) return addition(service, server, ground);
  // A port can be set while it runs, but never back to the client's own (2.6.12 refuses `port +0`).
  if ((now.port === 'inherit') !== (server.port === 'inherit')) {
    return misfit(
      `${server.label} (${server.name}) goes from port ${now.port} to ${server.port} in ${called(service)}`,
    );
  }
  if (now.isEncrypted !== server.isEncrypted) return misfit(`${encryptionChange(server)} in ${called(service)}`);
  const changes = changesOf(service, server, now);
  return {
    steps: [...changes.flatMap(({ steps }) => steps), ...deeds(service, server, now, isDone)],
    open: changes.map(({ words }) => `${place} ${words}`),
    misfits: [],
  };
};

/** In words. HAProxy calls its command for that deprecated, and it takes no name and no authority. */
export const encryptionChange = ({ label, name, isEncrypted }: DesiredServer): string =>
  `${label} (${name}) goes ${isEncrypted ? 'from plain to TLS' : 'from TLS to plain'}`;

const changesOf = ({ name: service }: DesiredService, server: DesiredServer, now: RunningServer): readonly Change[] => {
  const target = { service, server: server.name };
  const { address, port, weightNow: weight, maxConnections } = server;
  const hasMoved = now.address !== address || now.port !== port;
  const fixedPort = port === 'inherit' ? undefined : port;
  return [
    ...(hasMoved
      ? [
          change(`is at ${hostAndPort(now.address, now.port)}`, {
            ...target,
            kind: 'set-address',
            address,
            port: fixedPort,
          }),
        ]
      : []),
    ...(now.weight === weight ? [] : [change(`has weight ${now.weight}`, { ...target, kind: 'set-weight', weight })]),
    ...(now.maxConnections === undefined || now.maxConnections === maxConnections
      ? []
      : [change(`has limit ${now.maxConnections}`, { ...target, kind: 'set-max-connections', maxConnections })]),
    ...standingChanges(target, server, now),
  ];
};

/** A drain whose clients shall be sent elsewhere. */
export const isForgetting = (wish: IntentState): boolean => wish.intent === 'drain' && wish.clients === 'forget';

const deeds = (
  service: DesiredService,
  server: DesiredServer,
  now: RunningServer,
  isDone: (wish: IntentState) => boolean,
): readonly Step[] => {
  const { name, number, intent } = server;
  const target = { service: service.name, server: name };
  if (intent.intent === 'halt' && intent.connections === 'close') {
    const isWanted = !isDone(intent) || now.connections > 0;
    return isWanted ? [{ ...target, kind: 'close-connections' }] : [];
  }
  if (closesAsDown(service, server, now)) return [{ ...target, kind: 'close-connections' }];
  const forgets = isForgetting(intent) && hasStickTable(service);
  return forgets && !isDone(intent) ? [{ ...target, kind: 'forget-clients', serverId: number }] : [];
};

/**
 * At the verdict, whenever somebody is connected all the same, and at a reload: the old worker may have what the new one does
 * not see. HAProxy's own `on-marked-down shutdown-sessions` does not know a verdict from a `maint`, so it would also cut
 * off those whom a halt, a drain or a removal lets finish; and it never reaches an old worker (tried on 2.6.12).
 */
const closesAsDown = (service: DesiredService, { isDown }: DesiredServer, now: RunningServer): boolean => {
  const isNewWorker = now.maxConnections === undefined;
  return closesWhenDown(service) && isDown && (!now.isDown || isNewWorker || now.connections > 0);
};
