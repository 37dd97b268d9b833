import { commitLogSuite } from './commit-log-suite.ts';
import { InMemoryCommitLog } from './in-memory-commit-log.ts';

commitLogSuite('the log in memory', () => Promise.resolve(new InMemoryCommitLog()));
