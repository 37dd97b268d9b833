import { haproxySuite } from './haproxy-suite.ts';
import { InMemoryHaproxy } from './in-memory-haproxy.ts';

const trial = (addsCookies: boolean) => {
  const haproxy = new InMemoryHaproxy();
  haproxy.addsCookies = addsCookies;
  return Promise.resolve({ haproxy, port: 10_104, dispose: () => Promise.resolve() });
};

haproxySuite('the in-memory HAProxy', () => trial(false));
haproxySuite('the in-memory HAProxy that adds servers with a cookie', () => trial(true));
