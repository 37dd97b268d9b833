import pg from 'pg';

/** Passwords of the two roles that log in. */
export type RolePasswords = { readonly config: string; readonly reader: string };

/** The server's administrator may not do what has to be done. */
export class RolesMissing extends Error {
  override readonly name = 'RolesMissing';

  constructor(missing: readonly string[], user: string) {
    super(
      `${user} may not create roles, and the server lacks ${missing.join(', ')}: ` +
        `create them as an administrator, grant evenkeel_owner to ${user}, and try again`,
    );
  }
}

/**
 * Creates the three roles and sets their passwords; `evenkeel_owner` cannot log in, whoever migrates slips into it. A user
 * who may not create roles is fine when they exist: their passwords then stay as they are. Throws `RolesMissing`.
 */
export const ensureRoles = async (client: pg.Client, passwords: RolePasswords): Promise<void> => {
  const { user, may_create: mayCreate, present } = await whatIs(client);
  const missing = Object.keys(logins).filter((role) => !present.includes(role));
  if (!mayCreate && missing.length > 0) throw new RolesMissing(missing, user);
  if (!mayCreate) return;
  for (const role of missing) await client.query(`create role ${role} ${logins[role as keyof typeof logins]}`);
  await client.query(`alter role evenkeel_config password ${pg.escapeLiteral(passwords.config)}`);
  await client.query(`alter role evenkeel_reader password ${pg.escapeLiteral(passwords.reader)}`);
  // Since Postgres 16 who creates a role may administer it, but not slip into it without this.
  await client.query('grant evenkeel_owner to current_user');
};

const logins = { evenkeel_owner: 'nologin', evenkeel_config: 'login', evenkeel_reader: 'login' } as const;

type WhatIs = { readonly user: string; readonly may_create: boolean; readonly present: readonly string[] };

const whatIs = async (client: pg.Client): Promise<WhatIs> => {
  const { rows } = await client.query<WhatIs>(
    `select current_user as "user", rolsuper or rolcreaterole as may_create,
       array(select rolname::text from pg_roles where rolname = any($1)) as present
     from pg_roles where rolname = current_user`,
    [Object.keys(logins)],
  );
  return rows[0]!;
};
