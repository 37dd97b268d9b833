import { diffServices, strangersIn } from './diff.ts';
import { groundOf } from './membership.ts';
import { type RunningLayer7 } from './running.ts';
import { type WantedLayer7 } from './wanted.ts';

/** What somebody else has changed since HAProxy was seen to run `wanted`, in words. */
export const driftFrom = (wanted: WantedLayer7, running: RunningLayer7 | undefined): readonly string[] => {
  if (running === undefined) return ['HAProxy was not running'];
  if (running.structure !== wanted.structure) return ['HAProxy ran another configuration'];
  const services = wanted.services.map(({ desired }) => desired);
  const { open } = diffServices(services, groundOf(running, wanted.structure), () => true);
  return [...open, ...strangersIn(running.services, services)];
};
