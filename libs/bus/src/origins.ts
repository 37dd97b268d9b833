import type { Revision } from '@evenkeel/contracts';
import type { SpanContext } from '@opentelemetry/api';

/** Rounds take in what came since the last one: seldom more than a few. */
const keptMax = 32;

/** The spans that sent the newest commits. */
export class Origins {
  private kept: readonly { readonly revision: Revision; readonly sender: SpanContext }[] = [];

  note(revision: Revision, sender: SpanContext): void {
    this.kept = [...this.kept.slice(1 - keptMax), { revision, sender }];
  }

  of(after: Revision, upTo: Revision): readonly SpanContext[] {
    return this.kept.filter(({ revision }) => revision > after && revision <= upTo).map(({ sender }) => sender);
  }
}
