import { inSpan } from '@evenkeel/bus';
import { counter, durations } from '@evenkeel/telemetry';
import type { Probe } from '@evenkeel/verdicts';

/** A probe that is timed and counted, in a trace of its own. */
export const watchedProbe = (probe: Probe): Probe => {
  const took = durations('checkDuration');
  const came = counter('checkResults');
  return async (check, target) => {
    const { kind } = check;
    const result = await inSpan(
      `probe ${kind}`,
      () => probe(check, target),
      () => ({ 'server.address': target.address, 'server.port': target.port }),
      apart,
    );
    const { outcome, reason, latencyMs } = result;
    took({ kind, outcome }, latencyMs);
    came({ kind, outcome, reason });
    return result;
  };
};

/** One object for all: probes are many. */
const apart = { after: 'none' } as const;
