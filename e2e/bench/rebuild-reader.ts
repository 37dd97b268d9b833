// One worker's reading of the book, in a process of its own: prints how long it took and what memory it needed.
import { CommitFeed, ConfigClient, connectBus, SharedClientNats } from '@evenkeel/bus';
import { ClusterFollower } from '@evenkeel/cluster';
import { ClusterName, type Hash } from '@evenkeel/contracts';
import { sha256 } from '@evenkeel/kernel/system';

const { NATS_URL = '', NATS_USER, NATS_PASSWORD, EVENKEEL_CLUSTER } = process.env;
const connection = await connectBus({ servers: [NATS_URL], user: NATS_USER, password: NATS_PASSWORD, name: 'bench' });
const config = new ConfigClient(new SharedClientNats(connection));
const feed = new CommitFeed(connection, config, ClusterName.parse(EVENKEEL_CLUSTER));
const follower = new ClusterFollower({ feed, hashOf: (text) => sha256(text) as Hash });

const startedAtMs = performance.now();
const shown = Promise.withResolvers<void>();
const follow = (): Promise<void> =>
  follower.follow(() => shown.resolve()).catch(() => new Promise((again) => setTimeout(() => again(follow()), 100)));
void follow();
await shown.promise;
const seconds = (performance.now() - startedAtMs) / 1_000;
console.log(JSON.stringify({ seconds, rss: process.memoryUsage().rss / 2 ** 20 }));
process.exit(0);
