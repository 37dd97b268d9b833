export { commitLogSuite } from './commit-log-suite.ts';
export { type Chance, chanceFrom } from './chance.ts';
export { FaultyLog } from './faulty-log.ts';
export { InMemoryCommitLog } from './in-memory-commit-log.ts';
export { sha256 } from './sha256.ts';
export {
  aLog,
  aWriter,
  sealedWords,
  wish,
  type WordCommand,
  type WordExtra,
  type WordRefusal,
  type Words,
  wordsIn,
  type WordWriter,
} from './words.ts';
