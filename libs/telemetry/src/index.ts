export { HealthParts, type Part } from './health/health-parts.ts';
export { type Log, wordsOf } from './log/log.ts';
export { counter, durations, gauge, watchedCounter } from './metrics/instruments.ts';
export { type Metric, metricNames, prometheusName } from './metrics/metric-names.ts';
export { observeNats } from './observe-nats.ts';
export { type Observed, unobserved } from './observed.ts';
