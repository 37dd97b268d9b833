import { beforeEach, expect, it } from '@jest/globals';
import { aHash, aPicture, InMemoryHaproxy, type RealServerSketch } from '../../test/layer7/index.ts';
import { type Picture } from '../picture.ts';
import { Layer7Engine } from './engine.ts';

// What a verdict does to the connections that are open: HAProxy keeps them, and we end them where the service says so.

let haproxy: InMemoryHaproxy;
let engine: Layer7Engine;
beforeEach(() => {
  haproxy = new InMemoryHaproxy();
  engine = new Layer7Engine(haproxy, aHash);
});

const dicom = (server: Partial<RealServerSketch> = {}, fields: object = {}): Picture =>
  aPicture({
    services: [{ number: 1, spec: { onDown: 'close', ...fields }, realServers: [{ number: 2, ...server }] }],
  });
const deeds = (): readonly string[] => haproxy.done.splice(0).map(({ kind }) => kind);

it('closes them at the verdict', async () => {
  await engine.converge(dicom());
  await engine.converge(dicom({ verdict: 'down' }));
  expect(deeds()).toEqual(['set-health', 'close-connections']);
  await engine.converge(dicom({ verdict: 'up' }));
  expect(deeds()).toEqual(['set-health']);
});

it('closes none when the service keeps them', async () => {
  await engine.converge(dicom({}, { onDown: 'keep' }));
  await engine.converge(dicom({ verdict: 'down' }, { onDown: 'keep' }));
  expect(deeds()).toEqual(['set-health']);
});

it('closes none when an operator lets them finish', async () => {
  await engine.converge(dicom());
  await engine.converge(dicom({ intent: { intent: 'halt', connections: 'finish' } }));
  await engine.converge(dicom({ intent: { intent: 'drain', clients: 'keep' } }));
  expect(deeds()).not.toContain('close-connections');
});

it('closes those on the old worker when the verdict comes with a reload', async () => {
  await engine.converge(dicom());
  await engine.converge(dicom({ verdict: 'down' }, { maxConnections: 77 }));
  expect([haproxy.replaced.length, deeds()]).toEqual([2, ['close-connections']]);
});

it('closes at the next sweep what was opened all the same', async () => {
  const down = dicom({ verdict: 'down' });
  await engine.converge(down);
  await engine.sweep(down);
  expect(deeds()).toEqual(['close-connections']);
  haproxy.meddle('vs1', 'rs2', { connections: 1 });
  expect((await engine.sweep(down)).repairs).toEqual([]);
  expect(deeds()).toEqual(['close-connections']);
});

it('needs no reload to be changed, and closes what the new wish is about', async () => {
  await engine.converge(dicom({ verdict: 'down' }, { onDown: 'keep' }));
  haproxy.meddle('vs1', 'rs2', { connections: 1 });
  await engine.sweep(dicom({ verdict: 'down' }, { onDown: 'keep' }));
  expect(await engine.converge(dicom({ verdict: 'down' }))).toMatchObject({ method: 'runtime', waitingFor: [] });
  expect([haproxy.replaced.length, deeds()]).toEqual([1, ['close-connections']]);
});
