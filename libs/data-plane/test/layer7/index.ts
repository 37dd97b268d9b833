export { aHash } from './a-hash.ts';
export { aNode, aPicture, type RealServerSketch, type ServiceSketch, type Sketch } from './a-picture.ts';
export { filesFor, haproxySuite, type Trial } from './haproxy-suite.ts';
export { InMemoryHaproxy } from './in-memory-haproxy.ts';
