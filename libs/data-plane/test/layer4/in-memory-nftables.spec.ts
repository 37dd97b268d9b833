import { InMemoryNftables } from './in-memory-nftables.ts';
import { nftablesSuite } from './nftables-suite.ts';

const twin = new InMemoryNftables();

nftablesSuite('the twin in memory', () => ({
  nftables: twin,
  reset: () => {
    twin.table = undefined;
    return Promise.resolve();
  },
  remember: (server, address) => Promise.resolve(twin.remember(server, address)),
}));
