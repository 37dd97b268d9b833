import { type Hash } from '@evenkeel/contracts';
import { called, type DesiredServer, type DesiredService, hasCookie } from './desired.ts';
import { type Difference, misfit } from './difference.ts';
import { fallbackName } from './names.ts';
import { addedServerWords } from './server-words.ts';
import { type RunningLayer7, type RunningServer, type RunningServices } from './running.ts';
import { standingChanges } from './standing.ts';
import { type Step } from './step.ts';

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

/** A server that HAProxy lacks. All is said of it before anybody is sent there. */
export const addition = (service: DesiredService, server: DesiredServer, { adds, refusal }: Ground): Difference => {
  const words = `${service.name}/${server.name} is missing`;
  if (adds === 'none') return misfit(words);
  if (refusal !== undefined) return misfit(`${words}: ${refusal}`);
  if (adds === 'without-cookie' && hasCookie(service)) {
    const news = `${server.label} (${server.name}) is missing in ${called(service)}`;
    return misfit(`${news}, and this HAProxy adds no server with a cookie while it runs`);
  }
  const target = { service: service.name, server: server.name };
  const add: Step = { ...target, kind: 'add-server', words: addedServerWords(service, server) };
  const { weight, weightNow } = server;
  const eased: readonly Step[] = weightNow === weight ? [] : [{ ...target, kind: 'set-weight', weight: weightNow }];
  return {
    steps: [add, ...eased, ...standingChanges(target, server, asAdded).flatMap(({ steps }) => steps)],
    open: [words],
    misfits: [],
  };
};

/** How `add server` leaves a server (tried on 2.6.12). */
const asAdded = { adminState: 'maint', isDown: true } as const;

/** A server that runs and is not wanted in its service. */
export type Leftover = { readonly server: string; readonly now: RunningServer };

export const leftovers = (
  { servers }: DesiredService,
  running: ReadonlyMap<string, RunningServer> = new Map(),
): readonly Leftover[] => {
  const wanted = new Set([fallbackName, ...servers.map((server) => server.name)]); // the file has put the first one there
  return [...running].filter(([server]) => !wanted.has(server)).map(([server, now]) => ({ server, now }));
};

/**
 * In maintenance it is gone for all clients but those who are connected, as after a reload. So it is not open any more,
 * however long their connections last; it is deleted once they have ended.
 */
export const removal = ({ name: service }: DesiredService, { server, now }: Leftover): Difference => {
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

/** Servers that left the service and are in HAProxy still: they get no new clients, and finish the connections they have. */
export const finishingIn = (
  service: DesiredService,
  running: ReadonlyMap<string, RunningServer> | undefined,
): readonly string[] =>
  leftovers(service, running)
    .filter(({ now }) => now.adminState === 'maint')
    .map(({ server }) => `${service.name}/${server}`);
