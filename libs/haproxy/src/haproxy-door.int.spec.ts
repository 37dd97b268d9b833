import { haproxySuite } from '@evenkeel/data-plane/test/layer7';
import { freePort } from '@evenkeel/testing/lab';
import { realNode } from '../test/real-haproxy.ts';

haproxySuite('the real HAProxy', async () => {
  const node = await realNode();
  return { haproxy: node.door, port: await freePort(), dispose: () => node.dispose() };
});
