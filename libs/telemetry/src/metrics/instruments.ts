import { type Meter, metrics, type ObservableResult } from '@opentelemetry/api';
import { type Metric, metricNames } from './metric-names.ts';

type Names = typeof metricNames;
type NameOf<Kind extends Metric['kind']> = {
  [Key in keyof Names]: Names[Key]['kind'] extends Kind ? Key : never;
}[keyof Names];
/** A value for each label of the metric. */
export type LabelsOf<Key extends keyof Names> = Readonly<Record<Names[Key]['labels'][number], string>>;

/** Our durations: from a Runtime API command to what a person gives up on. */
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

// One meter for all: two of the same name would be two series of the same metric. Without an SDK it does nothing.
const meter = (): Meter => metrics.getMeter('evenkeel');

/** Counts: how often, or how many at once. Ask for it after telemetry was started. */
export const counter = <Key extends NameOf<'counter'>>(key: Key): ((labels: LabelsOf<Key>, count?: number) => void) => {
  const { name, unit, description } = metricNames[key];
  const instrument = meter().createCounter(name, { unit, description });
  return (labels, count = 1) => instrument.add(count, labels);
};

/** Takes milliseconds, as our clocks give them, and tells seconds. Ask for it after telemetry was started. */
export const durations = <Key extends NameOf<'histogram'>>(key: Key): ((labels: LabelsOf<Key>, ms: number) => void) => {
  const { name, unit, description } = metricNames[key];
  const advice = { explicitBucketBoundaries: secondsBuckets };
  const instrument = meter().createHistogram(name, { unit, description, advice });
  return (labels, ms) => instrument.record(ms / 1_000, labels);
};

type Watched = NameOf<'gauge' | 'watched-counter'>;
export type Observe<Key extends Watched> = (labels: LabelsOf<Key>, value: number) => void;

/** `look` is called whenever somebody reads the metrics, and tells what is true then. Returns how to stop. */
export const gauge = <Key extends NameOf<'gauge'>>(key: Key, look: (observe: Observe<Key>) => void): (() => void) =>
  watch(key, 'createObservableGauge', look);

/** The same for what only grows: `look` tells the sums so far. */
export const watchedCounter = <Key extends NameOf<'watched-counter'>>(
  key: Key,
  look: (observe: Observe<Key>) => void,
): (() => void) => watch(key, 'createObservableCounter', look);

const watch = <Key extends Watched>(
  key: Key,
  create: 'createObservableGauge' | 'createObservableCounter',
  look: (observe: Observe<Key>) => void,
): (() => void) => {
  const { name, unit, description } = metricNames[key];
  const instrument = meter()[create](name, { unit, description });
  const callback = (result: ObservableResult): void => look((labels, value) => result.observe(value, labels));
  instrument.addCallback(callback);
  return () => instrument.removeCallback(callback);
};
