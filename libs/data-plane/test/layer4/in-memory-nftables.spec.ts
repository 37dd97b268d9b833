import { families } from '../../src/layer4/ruleset.ts';
import { InMemoryNftables } from './in-memory-nftables.ts';
import { nftablesSuite } from './nftables-suite.ts';

for (const family of families) {
  const twin = new InMemoryNftables(undefined, family);
  nftablesSuite('the twin in memory', family, () => ({
    nftables: twin,
    reset: () => {
      twin.table = undefined;
      return Promise.resolve();
    },
    remember: (server, address) => Promise.resolve(twin.remember(server, address)),
  }));
}
