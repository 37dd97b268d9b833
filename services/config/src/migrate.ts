import { randomBytes } from 'node:crypto';
import { migrate } from '@evenkeel/commit-log';

// `npm run migrate`: brings the database to the present schema. Its own step: the server only ever checks.

const { ADMIN_DATABASE_URL: url, EVENKEEL_CONFIG_PASSWORD: config, EVENKEEL_READER_PASSWORD: reader } = process.env;
if (url === undefined || config === undefined) {
  console.error(
    'Set ADMIN_DATABASE_URL (who may create roles) and EVENKEEL_CONFIG_PASSWORD (for the role evenkeel_config).',
  );
  console.error('EVENKEEL_READER_PASSWORD is for the role evenkeel_reader; without it nobody knows its password.');
  process.exit(64);
}
const done = await migrate(url, { config, reader: reader ?? randomBytes(32).toString('base64url') });
console.log(done.length === 0 ? 'The database is up to date.' : `Done: ${done.join(', ')}.`);
