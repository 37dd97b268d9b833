import { LogName, Revision } from '@evenkeel/contracts';
import { type Clock, Loop } from '@evenkeel/kernel';
import pg from 'pg';
import { channel } from './append.ts';
import { surviveErrors } from './connect.ts';

/** A log has a new end; the line was (re)made, and anything may have happened before; or the line is gone. */
export type News = { readonly log: LogName; readonly revision: Revision } | 'connected' | 'disconnected';

/**
 * Calls `onNews` whenever somebody appends to a log, until the answer is called. It holds a connection of its own and
 * makes it anew when it breaks. News are hints: some may be lost with a connection, `connected` makes up for them.
 */
export const follow = (
  url: string,
  clock: Clock,
  onNews: (news: News) => void,
  onFailure: (failure: unknown) => void,
): (() => void) => {
  let client: pg.Client | undefined;
  const listenUntilItEnds = async (): Promise<void> => {
    client = new pg.Client({
      connectionString: url,
      application_name: 'evenkeel follow',
      keepAlive: true,
      ...patience,
    });
    const broken = new Promise<never>((_, reject) =>
      client?.once('error', reject).once('end', () => reject(new Error('the connection has ended'))),
    );
    surviveErrors(client);
    broken.catch(() => {}); // it may break while we connect, which then fails as well
    client.on('notification', ({ payload = '' }) => newsIn(payload).forEach(onNews));
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      onNews('connected');
      await broken;
    } finally {
      onNews('disconnected');
      void client.end().catch(onFailure);
    }
  };
  let hasStopped = false;
  const loop = new Loop(
    listenUntilItEnds,
    { ...pace, onFailure: (failure) => hasStopped || onFailure(failure) },
    clock,
  );
  void loop.run();
  return () => {
    hasStopped = true;
    loop.stop();
    void client?.end().catch(onFailure);
  };
};

const patience = { connectionTimeoutMillis: 2_000 };
const pace = { sweepMs: 0, retryMinMs: 50, retryMaxMs: 2_000 };

/** None in what somebody else said: every role of the database may speak on the channel. */
const newsIn = (payload: string): News[] => {
  const [name, revision] = payload.split(' ');
  const [log, number] = [LogName.safeParse(name), Revision.safeParse(Number(revision))];
  return log.success && number.success ? [{ log: log.data, revision: number.data }] : [];
};
