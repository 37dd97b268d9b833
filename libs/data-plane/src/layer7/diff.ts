import { type Hash, type IntentState } from '@evenkeel/contracts';
import { called, type DesiredServer, type DesiredService, hasCookie, hasStickTable } from './desired.ts';
import { serverWords } from './render-service.ts';
import { type RunningLayer7, type RunningServer, type RunningServices } from './running.ts';
import { type Step } from './step.ts';

/** What stands between what should run and what runs. */
export type Difference = {
  readonly steps: readonly Step[];
  /** What can be seen to differ, in words. */
  readonly open: readonly string[];
  /** What no step can close: reasons for a reload, in words. */
  readonly misfits: readonly string[];
};

/** What runs, and what may be done to the set of its servers. */
export type Ground = {
  readonly services: RunningServices;
  /** `none`: another structure runs, whose services may differ in anything. */
  readonly adds: 'none' | 'all' | 'without-cookie';
  /** What HAProxy said in this round when it was asked to add a server: then a reload has to do it. */
  readonly refusal: string | undefined;
};

export const groundOf = (
  { structure, services, addsCookies }: RunningLayer7,
  wanted: Hash,
  refusal?: string,
): Ground => ({
  services,
  adds: structure !== wanted ? 'none' : addsCookies ? 'all' : 'without-cookie',
  refusal,
});

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

/** Servers that left the service and are in HAProxy still: they get no new clients, and finish the connections they have. */
export const finishingIn = (
  service: DesiredService,
  running: ReadonlyMap<string, RunningServer> | undefined,
): readonly string[] =>
  leftovers(service, running)
    .filter(({ now }) => now.adminState === 'maint')
    .map(({ server }) => `${service.name}/${server}`);

const join = (parts: readonly Difference[]): Difference => ({
  steps: parts.flatMap(({ steps }) => steps),
  open: parts.flatMap(({ open }) => open),
  misfits: parts.flatMap(({ misfits }) => misfits),
});

const misfit = (words: string): Difference => ({ steps: [], open: [words], misfits: [words] });

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
  const changes = changesOf(service, server, now);
  return {
    steps: [...changes.flatMap(({ steps }) => steps), ...deeds(service, server, now, isDone)],
    open: changes.map(({ words }) => `${place} ${words}`),
    misfits: [],
  };
};

/** A server that HAProxy lacks. All is said of it before anybody is sent there. */
const addition = (service: DesiredService, server: DesiredServer, { adds, refusal }: Ground): Difference => {
  const words = `${service.name}/${server.name} is missing`;
  if (adds === 'none') return misfit(words);
  if (refusal !== undefined) return misfit(`${words}: ${refusal}`);
  if (adds === 'without-cookie' && hasCookie(service)) {
    const news = `${server.label} (${server.name}) is missing in ${called(service)}`;
    return misfit(`${news}, and this HAProxy adds no server with a cookie while it runs`);
  }
  const target = { service: service.name, server: server.name };
  const add: Step = { ...target, kind: 'add-server', words: serverWords(service, server) };
  return {
    steps: [add, ...standingChanges(target, server, asAdded).flatMap(({ steps }) => steps)],
    open: [words],
    misfits: [],
  };
};

/** How `add server` leaves a server (tried on 2.6.12). */
const asAdded = { adminState: 'maint', isDown: true } as const;

type Leftover = { readonly server: string; readonly now: RunningServer };

const leftovers = (
  { servers }: DesiredService,
  running: ReadonlyMap<string, RunningServer> = new Map(),
): readonly Leftover[] => {
  const wanted = new Set(servers.map((server) => server.name));
  return [...running].filter(([server]) => !wanted.has(server)).map(([server, now]) => ({ server, now }));
};

/**
 * In maintenance it is gone for all clients but those who are connected, as after a reload. So it is not open any more,
 * however long their connections last; it is deleted once they have ended.
 */
const removal = ({ name: service }: DesiredService, { server, now }: Leftover): Difference => {
  const target = { service, server };
  const isAway = now.adminState === 'maint';
  return {
    steps: [
      ...(isAway ? [] : [{ ...target, kind: 'set-state', state: 'maint' } as const]),
      ...(now.connections === 0 ? [{ ...target, kind: 'delete-server' } as const] : []),
    ],
    open: isAway ? [] : [`${service}/${server} is not wanted`],
    misfits: [],
  };
};

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
  now: Pick<RunningServer, 'adminState' | 'isDown'>,
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
