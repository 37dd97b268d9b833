import pg from 'pg';

export type BareTable = { insert(): Promise<void>; close(): Promise<void> };

/** As long as the text of our commit of one intent. */
const body = 'x'.repeat(750);

/** What one durable commit costs on the same server when nothing is done but to store a text: no log can be faster. */
export const openBareTable = async (adminUrl: string): Promise<BareTable> => {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  await client.query('create table bare (id bigint generated always as identity primary key, body text not null)');
  return {
    insert: async () => {
      await client.query({ name: 'insert', text: 'insert into bare (body) values ($1)', values: [body] });
    },
    close: () => client.end(),
  };
};
