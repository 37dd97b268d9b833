import { inSpan } from '@evenkeel/bus';
import { noRevision, type Revision } from '@evenkeel/contracts';
import type { Picture, Reconciled, Reconciler, Swept } from '@evenkeel/data-plane';
import type { Span, SpanContext } from '@opentelemetry/api';

/**
 * A reconciler whose rounds are traces of their own, linked to what sent the commits that are new in them: a round serves
 * many commands, and no command waits for it. Rounds that only repeat what is known are no spans.
 */
export class TracedReconciler implements Pick<Reconciler, 'reconcileOnce' | 'sweep'> {
  private last: Picture | undefined;

  constructor(
    private readonly reconciler: Reconciler,
    private readonly originsOf: (after: Revision, upTo: Revision) => readonly SpanContext[],
  ) {}

  reconcileOnce(picture: Picture): Promise<Reconciled> {
    const { last } = this;
    const isSame = last?.cluster === picture.cluster && last.verdicts === picture.verdicts;
    const isNews = !isSame || last.warming !== picture.warming;
    const run = (): Promise<Reconciled> => this.reconciler.reconcileOnce(picture);
    return isNews ? this.round('reconcile', picture, run) : run();
  }

  sweep(picture: Picture): Promise<Swept> {
    return this.round('sweep', picture, () => this.reconciler.sweep(picture));
  }

  private round<Outcome extends Reconciled>(
    name: string,
    picture: Picture,
    run: () => Promise<Outcome>,
  ): Promise<Outcome> {
    const links = this.originsOf(this.last?.cluster.revision ?? noRevision, picture.cluster.revision);
    this.last = picture;
    const describe = () => ({ 'evenkeel.node': picture.node.name, 'evenkeel.revision': picture.cluster.revision });
    return inSpan(name, async (span) => told(span, await run()), describe, { after: 'none', links });
  }
}

const told = <Outcome extends Reconciled>(span: Span, outcome: Outcome): Outcome => {
  if (!span.isRecording()) return outcome;
  const { method, observed, reloadReasons, waitingFor } = outcome;
  span.setAttributes({
    'evenkeel.method': method,
    'evenkeel.observed': observed,
    'evenkeel.reload.reasons': [...reloadReasons],
    'evenkeel.waiting_for': [...waitingFor],
  });
  return outcome;
};
