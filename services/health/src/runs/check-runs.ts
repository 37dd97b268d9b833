import type { Cluster } from '@evenkeel/cluster';
import type { CheckRun, RunCheck, RunCheckAnswer } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { type Probes, Transcript } from '@evenkeel/probes';
import { RunLimit, type ToRun, whatToRun } from '@evenkeel/verdicts';

export type CheckRunsParts = {
  readonly checker: string;
  readonly cluster: () => Cluster | undefined;
  readonly probes: Pick<Probes, 'probe'>;
  readonly clock: Clock;
};

/** Checks that somebody wants run now. What comes of them counts for no verdict, and is kept nowhere. */
export class CheckRuns {
  private readonly limit: RunLimit;

  constructor(private readonly parts: CheckRunsParts) {
    this.limit = new RunLimit(parts.clock);
  }

  async run(wish: RunCheck): Promise<RunCheckAnswer> {
    const cluster = this.parts.cluster();
    if (cluster === undefined) return { kind: 'starting' };
    const asked = whatToRun(cluster, wish);
    if (!asked.ok) return { kind: 'refused', refusal: asked.refusal };
    const place = this.limit.take();
    if (!('giveBack' in place)) return { kind: 'busy', ...place };
    try {
      return answerOf(await this.ask(asked.value));
    } finally {
      place.giveBack();
    }
  }

  private async ask({ check, target }: ToRun): Promise<CheckRun> {
    const { checker, probes, clock } = this.parts;
    const transcript = new Transcript(clock);
    const result = await probes.probe(check, target, transcript.listen);
    const { address, port } = target;
    const { kind, timeout } = check;
    return { checker, kind, target: { address, port }, timeout, result, exchange: transcript.written() };
  }
}

const answerOf = (run: CheckRun): RunCheckAnswer => {
  const { reason, detail } = run.result;
  if (reason !== 'not-allowed') return { kind: 'done', run };
  return { kind: 'refused', refusal: { kind: 'not-allowed', detail } };
};
