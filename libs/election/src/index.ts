export { type Account, accountOf } from './account/account.ts';
export type { Action } from './action.ts';
export { ElectionAgent, type Kernel, type Surroundings } from './agent.ts';
export {
  type Circle,
  datagramBytesMost,
  decodeHeartbeat,
  type Dropped,
  encodeHeartbeat,
  type Sign,
} from './datagram.ts';
export type { ElectionEvent } from './event.ts';
export type { Boot, Heartbeat } from './heartbeat.ts';
export { lastWordTo } from './last-word.ts';
export type { Lease } from './lease.ts';
export type { LeaveReason, News, TakeReason } from './news.ts';
export type { Outcome } from './outcome.ts';
export { type HeardStatus, silentAfterMs } from './picture/heard.ts';
export { pictureOf } from './picture/picture.ts';
export { type Effect, foreseeMaintenance, judgeMakeActive } from './asked/judge-wish.ts';
export { beginning, type ElectionState, type Member, type Settings } from './state.ts';
export { step } from './step.ts';
export { dangersOf, profiles, type Times } from './times.ts';
