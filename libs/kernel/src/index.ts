export { assert, Bug } from './assert.ts';
export { Clock, type Rest } from './clock.ts';
export { durationMs, durationPattern, writeDuration } from './duration.ts';
export { Loop, type LoopOptions } from './loop.ts';
export { accept, type Accepted, refuse, type Refused, type Result } from './result.ts';
