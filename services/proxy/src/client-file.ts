import { ClientTies, readTolerantly, Timestamp } from '@evenkeel/contracts';
import type { KnownClients } from '@evenkeel/data-plane';
import type { Clock } from '@evenkeel/kernel';
import * as z from 'zod';
import { CheckedFile } from './checked-file.ts';

const Content = z.strictObject({ savedAt: Timestamp, ties: ClientTies });

/** After a write, rest for so long: what is lost by it is where the clients of the last half minute were. */
const restMs = 30_000;

/** The clients of layer 4 on disk, for a kernel that has been started anew. Best effort: without it they choose again. */
export class ClientFile {
  private readonly file: CheckedFile;
  private notBeforeMs = -Infinity;
  private written = 0;

  constructor(
    file: string,
    private readonly clock: Pick<Clock, 'nowMs' | 'monotonicMs'>,
  ) {
    this.file = new CheckedFile(file);
  }

  /** Less the time that has passed since; undefined when there is nothing that can be read. */
  async read(): Promise<ClientTies | undefined> {
    const body = await this.file.read().catch(() => undefined);
    const content = body === undefined ? undefined : readTolerantly(Content, JSON.parse(body));
    if (content === undefined) return undefined;
    // This machine's own clock, which may have been put back since: then the ties live a little longer, and no more.
    const passedSeconds = Math.max(0, Math.ceil((this.clock.nowMs() - Date.parse(content.savedAt)) / 1_000));
    return lessTime(content.ties, passedSeconds);
  }

  /** To be called now and then; writes when there is news and it has rested. Throws what the file system throws. */
  async keep(known: Pick<KnownClients, 'version' | 'record'>): Promise<void> {
    const nowMs = this.clock.monotonicMs();
    if (nowMs < this.notBeforeMs || known.version === this.written) return;
    this.notBeforeMs = nowMs + restMs;
    await this.write(known);
  }

  /** Now, if there is news. */
  async write(known: Pick<KnownClients, 'version' | 'record'>): Promise<void> {
    const { version } = known;
    if (version === this.written) return;
    await this.file.write(
      JSON.stringify({ savedAt: new Date(this.clock.nowMs()).toISOString(), ties: known.record() }),
    );
    this.written = version;
  }
}

const lessTime = ({ revision, servers }: ClientTies, passedSeconds: number): ClientTies => ({
  revision,
  servers: servers.map(({ server, clients }) => ({
    server,
    clients: clients.flatMap(([address, seconds]): [string, number][] =>
      seconds > passedSeconds ? [[address, seconds - passedSeconds]] : [],
    ),
  })),
});
