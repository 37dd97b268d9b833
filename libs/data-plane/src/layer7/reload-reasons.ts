import { hostAndPort, isHttpsRedirect } from '@evenkeel/contracts';
import canonicalize from 'canonicalize';
import { called, type DesiredServer, type DesiredService, type Layer7Spec } from './desired.ts';
import { diffServices, encryptionChange, strangersIn } from './diff.ts';
import { groundOf } from './membership.ts';
import { type Peer } from '../picture.ts';
import { type Frame } from './render-frame.ts';
import { type RunningLayer7 } from './running.ts';
import { type WantedLayer7, type WantedService } from './wanted.ts';

type Situation = {
  readonly wanted: WantedLayer7;
  /** The services that may differ from what was seen running: the changed ones, or all. */
  readonly scope: readonly WantedService[];
  readonly running: RunningLayer7 | undefined;
  /** What was wanted when it was last seen running; undefined after a restart of ours. */
  readonly served: WantedLayer7 | undefined;
  /** See `Ground`. */
  readonly refusal: string | undefined;
};

/** What a reload is for, in few kinds: for whoever counts. */
export const reloadCauses = [
  'not-running',
  'unknown-configuration',
  'service-added',
  'service-removed',
  'service-changed',
  'node-settings',
  'membership',
  'drift',
  'several',
] as const;
export type ReloadCause = (typeof reloadCauses)[number];

/** The same in words, for a person. */
export type ReloadReason = { readonly cause: Exclude<ReloadCause, 'several'>; readonly words: string };

/** Why HAProxy must be reloaded (or started) to run what is wanted; none when the Runtime API can do the rest. */
export const reasonsToReload = ({ wanted, scope, running, served, refusal }: Situation): readonly ReloadReason[] => {
  if (running === undefined) return [{ cause: 'not-running', words: 'HAProxy was not running' }];
  if (running.structure !== wanted.structure) {
    return served?.structure === running.structure
      ? changesBetween(served, wanted)
      : [{ cause: 'unknown-configuration', words: 'HAProxy ran another configuration' }];
  }
  const services = scope.map(({ desired }) => desired);
  const { misfits } = diffServices(services, groundOf(running, wanted.structure, refusal), () => true);
  const strangers = services.length < wanted.services.length ? [] : strangersIn(running.services, services);
  // Other servers than were wanted before, and HAProxy cannot take them in while it runs.
  const isNews = served !== undefined && served.name !== wanted.name;
  return [...misfits, ...strangers].map((words) => ({ cause: isNews ? 'service-changed' : 'drift', words }));
};

/** The one cause of all `reasons`. */
export const causeOf = (reasons: readonly ReloadReason[]): ReloadCause => {
  const causes = new Set(reasons.map(({ cause }) => cause));
  const [cause] = causes;
  return cause === undefined || causes.size > 1 ? 'several' : cause;
};

/** At the most this many, so that a report stays readable. */
const reasonsMax = 50;

/** In the words of the book. */
const changesBetween = (before: WantedLayer7, after: WantedLayer7): readonly ReloadReason[] => {
  const known = new Map(before.services.map((service) => [service.desired.name, service]));
  const wanted = new Set(after.services.map(({ desired }) => desired.name));
  const reasons = [
    ...frameChanges(before.frame, after.frame),
    ...after.services.flatMap((service) => changesSince(known.get(service.desired.name), service)),
    ...before.services
      .filter(({ desired }) => !wanted.has(desired.name))
      .map(({ desired }): ReloadReason => ({ cause: 'service-removed', words: `${called(desired)} left` })),
  ];
  return reasons.length === 0
    ? [{ cause: 'node-settings', words: 'settings of the node changed' }]
    : reasons.slice(0, reasonsMax);
};

const frameChanges = (before: Frame, after: Frame): readonly ReloadReason[] => [
  ...membershipChanges(before.node.peers, after.node.peers),
  ...(before.hardStopAfter === after.hardStopAfter
    ? []
    : [{ cause: 'node-settings', words: `hard-stop-after is ${after.hardStopAfter}` } as const]),
];

/** Who shares tables with this node. All changes that were gathered are one reason: they cost one reload. */
const membershipChanges = (before: readonly Peer[], after: readonly Peer[]): readonly ReloadReason[] => {
  if (before === after) return [];
  const places = (peers: readonly Peer[]) => new Map(peers.map(({ name, ...place }) => [name, addressOf(place)]));
  const [known, wanted] = [places(before), places(after)];
  const changes = [
    ...[...wanted].flatMap(([name, place]) => {
      if (known.get(name) === place) return [];
      return [known.has(name) ? `node ${name} is at ${place} now` : `node ${name} joined`];
    }),
    ...[...known.keys()].filter((name) => !wanted.has(name)).map((name) => `node ${name} left`),
  ];
  return changes.length === 0 ? [] : [{ cause: 'membership', words: changes.join(', ') }];
};

const addressOf = ({ address, port }: Omit<Peer, 'name'>): string => hostAndPort(address, port);

const changesSince = (
  before: WantedService | undefined,
  { desired, skeleton }: WantedService,
): readonly ReloadReason[] => {
  if (before === undefined) return [{ cause: 'service-added', words: `${called(desired)} is new` }];
  if (before.skeleton === skeleton) return [];
  const changes = [...fieldChanges(before.desired, desired), ...serverChanges(before.desired.servers, desired.servers)];
  return [{ cause: 'service-changed', words: `${called(desired)}: ${changes.join(', ')}` }];
};

/** Fields that HAProxy is not told of, or not at all times. */
const untold: readonly string[] = ['label', 'scope', 'application', 'healthCheck', 'clearOnDrain', 'onDown'];

const fieldChanges = (before: DesiredService, after: DesiredService): readonly string[] => [
  ...(before.isListening === after.isListening ? [] : [after.isListening ? 'enabled' : 'disabled']),
  // One action has hardly a field of the other: all of them would say no more.
  ...(isHttpsRedirect(before.spec) === isHttpsRedirect(after.spec)
    ? changedFields(before.spec, after.spec)
    : ['action']),
];

const changedFields = (before: Layer7Spec, after: Layer7Spec): readonly string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (field) => !untold.includes(field) && valueOf(before, field) !== valueOf(after, field),
  );

/** In one form: a spec that was patched has its fields in another order than one that was read whole. */
const valueOf = (spec: Layer7Spec, field: string): string | undefined =>
  canonicalize(Object.entries(spec).find(([key]) => key === field) ?? null);

const serverChanges = (before: readonly DesiredServer[], after: readonly DesiredServer[]): readonly string[] => {
  const known = new Map(before.map((server) => [server.name, server]));
  const wanted = new Set(after.map(({ name }) => name));
  return [
    ...after.flatMap((server) => serverChange(known.get(server.name), server)),
    ...before.filter(({ name }) => !wanted.has(name)).map(({ label, name }) => `${label} (${name}) left`),
  ];
};

const serverChange = (before: DesiredServer | undefined, server: DesiredServer): readonly string[] => {
  const { label, name, port } = server;
  if (before === undefined) return [`${label} (${name}) is new`];
  const changesKind = (before.port === 'inherit') !== (port === 'inherit');
  return [
    ...(changesKind ? [`${label} (${name}) goes from port ${before.port} to ${port}`] : []),
    ...(before.isEncrypted === server.isEncrypted ? [] : [encryptionChange(server)]),
  ];
};
