import { JetStreamApiError } from '@nats-io/jetstream';
import type { KV, KvEntry } from '@nats-io/kv';

/** NATS server error code. Source: nats-server `server/errors.json`. */
const streamNotFound = 10_059;

/** A reader who hears nothing for so long looks whether its bucket is still there. */
const doubtMs = 2_000;

/**
 * Every entry that is there, then `caught-up` once, then entries as they change. Ends when the connection does, and when the
 * bucket is gone or another one: the client's consumer would wait for ever for a bucket that is gone, and would miss the first
 * entries of the next one.
 */
export async function* watchBucket(bucket: KV): AsyncGenerator<KvEntry | 'caught-up'> {
  const watcher = await bucket.watch();
  const { made, isEmpty } = await stateOf(bucket);
  let doubt: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    if (await isAnother(bucket, made)) watcher.stop();
    else doubt?.refresh();
  };
  doubt = setTimeout(() => void look(), doubtMs);
  try {
    // An empty bucket sends nothing that could say so. Asked after the watch began, so that nothing falls between.
    let isCaughtUp = isEmpty;
    if (isCaughtUp) yield 'caught-up';
    for await (const entry of watcher) {
      doubt.refresh();
      yield entry;
      if (isCaughtUp || !entry.isUpdate) continue;
      isCaughtUp = true;
      yield 'caught-up';
    }
  } finally {
    clearTimeout(doubt);
    doubt = undefined;
    watcher.stop();
  }
}

/** When the bucket was made: another time, another bucket. */
export const madeAt = async (bucket: KV): Promise<string> => (await stateOf(bucket)).made;

const stateOf = async (bucket: KV): Promise<{ readonly made: string; readonly isEmpty: boolean }> => {
  const { streamInfo, values } = await bucket.status();
  return { made: String(streamInfo.created), isEmpty: values === 0 };
};

/** Not while the server does not answer: it may have the very same bucket when it is back. */
const isAnother = async (bucket: KV, made: string): Promise<boolean> => {
  try {
    return (await madeAt(bucket)) !== made;
  } catch (failure) {
    return failure instanceof JetStreamApiError && failure.code === streamNotFound;
  }
};
