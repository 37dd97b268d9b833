import { haproxySuite } from './haproxy-suite.ts';
import { InMemoryHaproxy } from './in-memory-haproxy.ts';

haproxySuite('the in-memory HAProxy', () =>
  Promise.resolve({ haproxy: new InMemoryHaproxy(), port: 10_104, dispose: () => Promise.resolve() }),
);
