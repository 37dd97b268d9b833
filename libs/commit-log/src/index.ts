export { type CommitLog } from './commit-log.ts';
export { type News } from './follow.ts';
export { type CommitLogOptions, openCommitLog } from './open-commit-log.ts';
export { NotDurable, WrongSchema } from './schema/check-schema.ts';
export { migrate } from './schema/migrate.ts';
export { type RolePasswords, RolesMissing } from './schema/roles.ts';
