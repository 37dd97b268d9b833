import { gauge, observeNats, type Observed, watchedCounter } from '@evenkeel/telemetry';
import type { HaSettings } from '../settings.ts';
import type { Liaison } from '../telling/liaison.ts';

/** Metrics and health of a node's part in the election. It stays ready without NATS. Returns how to end them. */
export const observeHa = (
  observed: Observed,
  { node, group, nats }: Pick<HaSettings, 'node' | 'group' | 'nats'>,
  liaison: Pick<Liaison, 'status' | 'watch'>,
): (() => void) => {
  const without = 'the election goes on, and nobody sees it';
  const ends = [
    ...(nats === undefined
      ? []
      : [observeNats(observed, { process: 'ha', neededTo: 'degraded', without }, (onNews) => liaison.watch(onNews))]),
    gauge('haRole', (observe) => {
      const status = liaison.status();
      if (status !== undefined) observe({ node, group }, Number(status.role === 'active'));
    }),
    gauge('haEpoch', (observe) => {
      const status = liaison.status();
      if (status !== undefined) observe({ node, group }, status.epoch);
    }),
    watchedCounter('haIgnored', (observe) => {
      for (const [reason, count] of Object.entries(liaison.status()?.ignored ?? {})) {
        observe({ node, group, reason }, count);
      }
    }),
    observed.health.add({
      name: 'ha agent',
      neededTo: 'start',
      whatIsWrong: () => (liaison.status() === undefined ? 'it has not said anything yet' : undefined),
    }),
  ];
  return () => ends.forEach((end) => end());
};
