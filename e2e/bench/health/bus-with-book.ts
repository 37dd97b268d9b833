import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { ConfigStream, connectBus } from '@evenkeel/bus';
import { type ClusterEvent, ClusterName, clusterLog } from '@evenkeel/contracts';
import { type EmbeddedNats, startNats } from '@evenkeel/embedded';
import { emptyTail, seal, tailAfter } from '@evenkeel/ledger';
import { aCommit } from '@evenkeel/testing';
import { LabProcess, makeTempFolder, type TempFolder } from '@evenkeel/testing/lab';
import type { NatsConnection } from '@nats-io/transport-node';
import { nodeArguments, root } from '../../support/node-arguments.ts';

const cluster = ClusterName.parse('radiology');
const checker = join(root, 'services/health/src/main.ts');

/** A bus with a book on it that nobody else writes: all that a checker needs to be itself. */
export class BusWithBook {
  private tail = emptyTail(clusterLog(cluster));

  private constructor(
    readonly connection: NatsConnection,
    private readonly nats: EmbeddedNats,
    private readonly stream: ConfigStream,
    private readonly folder: TempFolder,
  ) {}

  static async open(): Promise<BusWithBook> {
    const folder = await makeTempFolder('bus-with-book');
    const nats = await startNats({ folder: folder.path });
    const connection = await connectBus({
      servers: [nats.url],
      user: nats.user,
      password: nats.password,
      name: 'book',
    });
    const stream = await ConfigStream.open(connection, cluster);
    await stream.lastRevision(); // makes it
    return new BusWithBook(connection, nats, stream, folder);
  }

  /** What `config` and its relay do with a commit. */
  async write(events: readonly ClusterEvent[]): Promise<void> {
    const { commitId, time, actor, entities } = aCommit({ events: [...events] });
    const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
    const sealed = seal({ commitId, time, actor, entities, events: [...events] }, this.tail, hashOf);
    const answer = await this.stream.publish([sealed]);
    if (answer !== 'published') throw new Error(`the stream answered ${answer}`);
    this.tail = tailAfter(sealed);
  }

  /** One more `health` process. */
  startChecker(name: string, nodeOptions: readonly string[] = []): LabProcess {
    const { url, user, password } = this.nats;
    return LabProcess.start('node', [...nodeOptions, ...nodeArguments, checker], {
      EVENKEEL_CHECKER: name,
      NATS_URL: url,
      NATS_USER: user,
      NATS_PASSWORD: password,
    });
  }

  async close(): Promise<void> {
    await this.connection.close();
    await this.nats.stop();
    await this.folder.remove();
  }
}
