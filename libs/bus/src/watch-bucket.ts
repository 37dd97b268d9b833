import type { KV, KvEntry } from '@nats-io/kv';

/** Every entry that is there, then `caught-up` once, then entries as they change. Ends when the connection does. */
export async function* watchBucket(bucket: KV): AsyncGenerator<KvEntry | 'caught-up'> {
  const watcher = await bucket.watch();
  try {
    // An empty bucket sends nothing that could say so. Asked after the watch began, so that nothing falls between.
    let isCaughtUp = (await bucket.status()).values === 0;
    if (isCaughtUp) yield 'caught-up';
    for await (const entry of watcher) {
      yield entry;
      if (isCaughtUp || !entry.isUpdate) continue;
      isCaughtUp = true;
      yield 'caught-up';
    }
  } finally {
    watcher.stop();
  }
}
