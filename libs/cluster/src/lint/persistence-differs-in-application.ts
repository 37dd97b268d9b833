import { isHttpsRedirect, type Persistence } from '@evenkeel/contracts';
import { type Finder, type ServiceView } from './finder.ts';

/**
 * A client that sticks to one machine for pictures and to none for the worklist sees two truths. What most services of
 * the application do is taken for what is meant. Timeouts are compared within a layer: the layers have different
 * defaults, and the reference deployment keeps both.
 */
export const persistenceDiffersInApplication: Finder = {
  ofApplication: ({ application, services: all }) => {
    const services = all.filter(({ service }) => !isHttpsRedirect(service.spec)); // that one keeps nobody
    const sticky = unusual(services, (view) => (isSticky(view) ? 'keep' : 'do not keep'));
    const layers = [4, 7].map((layer) =>
      services.filter(({ service }) => service.spec.layer === layer && timeoutOf(service)),
    );
    const timeouts = layers.flatMap((ofLayer) => unusual(ofLayer, ({ service }) => timeoutOf(service) ?? ''));
    return [
      ...sticky.map(({ view, usual }) => ({
        virtualServiceId: view.service.id,
        detail: `most services of ${application} ${usual} a client on its server, and ${view.service.spec.label} differs`,
        advice: 'Use the same persistence for all services of one application.',
      })),
      ...timeouts.map(({ view, usual }) => ({
        virtualServiceId: view.service.id,
        detail: `${view.service.spec.label} keeps a client for ${timeoutOf(view.service)}, most services of ${application} for ${usual}`,
        advice: 'Use the same timeout for all services of one application.',
      })),
    ];
  },
};

const isSticky = ({ service }: ServiceView): boolean => persistenceOf(service).kind !== 'none';

const timeoutOf = (service: ServiceView['service']): string | undefined => {
  const persistence = persistenceOf(service);
  return 'timeout' in persistence ? persistence.timeout : undefined;
};

const persistenceOf = ({ spec }: ServiceView['service']): Persistence =>
  isHttpsRedirect(spec) ? { kind: 'none' } : spec.persistence;

/** Those that are not like most; when there is no most, the oldest service is the model. */
const unusual = (views: readonly ServiceView[], trait: (view: ServiceView) => string) => {
  const groups = [...Map.groupBy(views, trait)].toSorted(([, a], [, b]) => b.length - a.length);
  const usual = groups[0]?.[0] ?? '';
  return groups.slice(1).flatMap(([, others]) => others.map((view) => ({ view, usual })));
};
