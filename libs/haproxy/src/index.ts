export { FolderUnusable } from './haproxy-folder.ts';
export { HaproxyCertificates } from './haproxy-certificates.ts';
export { HaproxyDoor } from './haproxy-door.ts';
export { type Boot, type HaproxyIncident, type HaproxyOptions, type HaproxyStatus } from './haproxy-options.ts';
export { HaproxyProcess } from './haproxy-process.ts';
export { type HaproxyHost, type OldWorkerAnswer, type Replaced } from './host.ts';
export { type OldWorker } from './read-processes.ts';
export { RuntimeApi } from './runtime-api.ts';
