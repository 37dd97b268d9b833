import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';

/**
 * The stream of commits is not there: `config` has not made it yet, or somebody deleted it and the relay writes it again.
 * To be waited for, and no fault.
 */
export class StreamAway extends Error {
  override readonly name = 'StreamAway';

  constructor(cause: unknown) {
    super('the stream of commits is not there yet', { cause });
  }
}

/** Throws `StreamAway` when the failure says that stream or consumer are gone, else the failure itself. */
export const streamAwayWhenMissing = (failure: unknown): never => {
  const isMissing =
    failure instanceof JetStreamApiError &&
    (failure.code === JetStreamApiCodes.StreamNotFound || failure.code === JetStreamApiCodes.ConsumerNotFound);
  throw isMissing ? new StreamAway(failure) : failure;
};
