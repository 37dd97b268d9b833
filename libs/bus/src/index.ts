export { CommitFeed } from './commit-feed.ts';
export { ConfigAway, ConfigClient } from './config-client.ts';
export { ConfigStream } from './config-stream.ts';
export { type BusSettings, connectBus, endBus } from './connection.ts';
export { NodeChannel } from './node-channel.ts';
export { SharedClientNats, SharedServerNats } from './shared-nats.ts';
export { activeTraceId } from './trace.ts';
export { VerdictBucket, type VerdictNews } from './verdict-bucket.ts';
export { type OnBeat, VerdictMirror } from './verdict-mirror.ts';
