import { NotAppended } from '@evenkeel/ledger';
import pg from 'pg';
import { connectionLimits, surviveErrors } from './connect.ts';

/**
 * The connection for appends. A statement is sent without waiting for the answer to the one before it, and the server does
 * them in order: while it flushes one to disk, the next has arrived already. Made at first use, made anew after it broke.
 */
export class AppendLine {
  private line: Promise<pg.Client> | undefined;

  constructor(private readonly url: string) {}

  /** Throws `NotAppended` when the server cannot be reached, else the driver's error. */
  async run(query: pg.QueryConfig): Promise<pg.QueryResult> {
    const client = await this.connected();
    return client.query(query);
  }

  async close(): Promise<void> {
    const client = await this.line?.catch(() => undefined);
    await client?.end();
  }

  private async connected(): Promise<pg.Client> {
    this.line ??= this.connect();
    try {
      return await this.line;
    } catch (cause) {
      throw new NotAppended('Postgres could not be reached', { cause });
    }
  }

  private connect(): Promise<pg.Client> {
    const options = { application_name: 'evenkeel append', pipeline: true, ...connectionLimits };
    const client = new pg.Client({ connectionString: this.url, ...options });
    const line = client.connect().then(() => client);
    const forget = (): void => {
      if (this.line === line) this.line = undefined;
    };
    surviveErrors(client);
    client.once('error', forget).once('end', forget);
    line.catch(forget);
    return line;
  }
}
