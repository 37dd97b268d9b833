export { canonicalJson } from './canonical-json.ts';
export { seal, type Sha256, tailAfter } from './seal.ts';
export { emptyTail, type Tail } from './tail.ts';
export { UnreadableCommit, unseal } from './unseal.ts';
export { type ChainFault, verifyChain } from './verify-chain.ts';
export {
  type AnswerKey,
  type Appended,
  type CommitLogPort,
  type KeptAnswer,
  NotAppended,
  type ReadPage,
} from './writer/commit-log-port.ts';
export { BrokenLog, LogContended, LogUnavailable, WriterFull } from './writer/failures.ts';
export { type CommitListener } from './writer/folded-log.ts';
export {
  GroupCommitter,
  type GroupCommitterOptions,
  type WriterLimits,
  writerLimits,
} from './writer/group-committer.ts';
export { type Answer, type Decision, type KeyReused, type Outcome, type Wish } from './writer/wish.ts';
export { type CommitReader, type CommitStream, Relay, StreamAheadOfBook } from './relay/relay.ts';
