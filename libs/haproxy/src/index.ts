export { FolderUnusable } from './haproxy-folder.ts';
export { HaproxyDoor } from './haproxy-door.ts';
export {
  type Boot,
  type HaproxyIncident,
  type HaproxyOptions,
  HaproxyProcess,
  type HaproxyStatus,
} from './haproxy-process.ts';
export { type HaproxyHost, type OldWorkerAnswer } from './host.ts';
export { RuntimeApi } from './runtime-api.ts';
