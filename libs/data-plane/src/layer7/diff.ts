import { type IntentState } from '@evenkeel/contracts';
import { type DesiredServer, type DesiredService, hasStickTable } from './desired.ts';
import { type RunningServer, type RunningServices } from './running.ts';
import { type Step } from './step.ts';

/** What stands between what should run and what runs. */
export type Difference = {
  readonly steps: readonly Step[];
  /** What can be seen to differ, in words. */
  readonly open: readonly string[];
  /** What no step can close: reasons for a reload, in words. */
  readonly misfits: readonly string[];
};

/**
 * Cheapest steps from `running` to `services`, none when they agree. What HAProxy cannot show (forgotten clients, closed
 * connections) is a deed, done once for each wish: `isDone` says for which. Other services are not looked at.
 */
export const diffServices = (
  services: readonly DesiredService[],
  running: RunningServices,
  isDone: (wish: IntentState) => boolean,
): Difference => join(services.map((service) => diffService(service, running.get(service.name), isDone)));

/** Services and servers that run and are not wanted, in words. */
export const strangersIn = (running: RunningServices, services: readonly DesiredService[]): readonly string[] => {
  const wanted = new Map(services.map(({ name, servers }) => [name, new Set(servers.map((server) => server.name))]));
  return [...running].flatMap(([service, servers]) => {
    const names = wanted.get(service);
    if (names === undefined) return [`${service} is not wanted`];
    return [...servers.keys()].filter((name) => !names.has(name)).map((name) => `${service}/${name} is not wanted`);
  });
};

const join = (parts: readonly Difference[]): Difference => ({
  steps: parts.flatMap(({ steps }) => steps),
  open: parts.flatMap(({ open }) => open),
  misfits: parts.flatMap(({ misfits }) => misfits),
});

const misfit = (words: string): Difference => ({ steps: [], open: [words], misfits: [words] });

const diffService = (
  service: DesiredService,
  running: ReadonlyMap<string, RunningServer> | undefined,
  isDone: (wish: IntentState) => boolean,
): Difference =>
  join(
    service.servers.map((server) => {
      const now = running?.get(server.name);
      const place = `${service.name}/${server.name}`;
      if (now === undefined) return misfit(`${place} is missing`);
      if ((now.port === 'inherit') !== (server.port === 'inherit')) return misfit(`${place} has port ${now.port}`);
      const changes = changesOf(service, server, now);
      return {
        steps: [...changes.flatMap(({ steps }) => steps), ...deeds(service, server, now, isDone)],
        open: changes.map(({ words }) => `${place} ${words}`),
        misfits: [],
      };
    }),
  );

/** One visible difference of one server. */
type Change = { readonly words: string; readonly steps: readonly Step[] };

const changesOf = ({ name: service }: DesiredService, server: DesiredServer, now: RunningServer): readonly Change[] => {
  const target = { service, server: server.name };
  const { address, port, weight, maxConnections } = server;
  const hasMoved = now.address !== address || now.port !== port;
  const fixedPort = port === 'inherit' ? undefined : port;
  return [
    ...(hasMoved
      ? [change(`is at ${now.address}:${now.port}`, { ...target, kind: 'set-address', address, port: fixedPort })]
      : []),
    ...(now.weight === weight ? [] : [change(`has weight ${now.weight}`, { ...target, kind: 'set-weight', weight })]),
    ...(now.maxConnections === undefined || now.maxConnections === maxConnections
      ? []
      : [change(`has limit ${now.maxConnections}`, { ...target, kind: 'set-max-connections', maxConnections })]),
    ...standingChanges(target, server, now),
  ];
};

const change = (words: string, ...steps: readonly Step[]): Change => ({ words, steps });

/** Intent and verdict together: leaving `maint` brings a server up, whatever was said of its health (tried on 2.6.12). */
const standingChanges = (
  target: { readonly service: string; readonly server: string },
  { adminState, isDown }: DesiredServer,
  now: RunningServer,
): readonly Change[] => {
  const setState = (state: DesiredServer['adminState']): Step => ({ ...target, kind: 'set-state', state });
  const setHealth = (health: 'up' | 'down'): Step => ({ ...target, kind: 'set-health', health });
  const words = `is ${now.adminState}`;
  if (adminState === 'maint') return now.adminState === 'maint' ? [] : [change(words, setState('maint'))];
  if (now.adminState === 'maint' && isDown) {
    // By way of drain, so that no new client meets a dead server in between.
    const rest = adminState === 'drain' ? [] : [setState(adminState)];
    return [change(words, setState('drain'), setHealth('down'), ...rest)];
  }
  const wasDown = now.adminState !== 'maint' && now.isDown;
  return [
    ...(wasDown === isDown ? [] : [change(isDown ? 'is up' : 'is down', setHealth(isDown ? 'down' : 'up'))]),
    ...(now.adminState === adminState ? [] : [change(words, setState(adminState))]),
  ];
};

const deeds = (
  service: DesiredService,
  { name, number, intent }: DesiredServer,
  now: RunningServer,
  isDone: (wish: IntentState) => boolean,
): readonly Step[] => {
  const target = { service: service.name, server: name };
  if (intent.intent === 'halt' && intent.connections === 'close') {
    const isWanted = !isDone(intent) || now.connections > 0;
    return isWanted ? [{ ...target, kind: 'close-connections' }] : [];
  }
  const forgets = intent.intent === 'drain' && intent.clients === 'forget' && hasStickTable(service);
  return forgets && !isDone(intent) ? [{ ...target, kind: 'forget-clients', serverId: number }] : [];
};
