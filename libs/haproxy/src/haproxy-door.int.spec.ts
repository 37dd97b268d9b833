import { haproxySuite, type Trial } from '@evenkeel/data-plane/test/layer7';
import { FakeHaproxy, freePort, makeTempFolder } from '@evenkeel/testing/lab';
import { realNode } from '../test/real-haproxy.ts';
import { HaproxyDoor } from './haproxy-door.ts';

haproxySuite('the real HAProxy', async () => {
  const node = await realNode();
  return { haproxy: node.door, port: await freePort(), dispose: () => node.dispose() };
});

haproxySuite('the fake HAProxy, on a socket', () => fakeTrial(false));
haproxySuite('the fake HAProxy that adds servers with a cookie, on a socket', () => fakeTrial(true));

const fakeTrial = async (addsCookies: boolean): Promise<Trial> => {
  const folder = await makeTempFolder('fake');
  const fake = await FakeHaproxy.start(folder.path);
  fake.addsCookies = addsCookies;
  const dispose = async (): Promise<void> => {
    await fake.stop();
    await folder.remove();
  };
  return { haproxy: new HaproxyDoor(fake), port: 10_104, dispose };
};
