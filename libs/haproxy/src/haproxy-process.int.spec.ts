import { chmod, copyFile, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { type HaproxyFiles } from '@evenkeel/data-plane';
import { aPicture, filesFor, type RealServerSketch, type ServiceSketch } from '@evenkeel/data-plane/test/layer7';
import { freePort, makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type BackEnd, Client, echoServer, get, webServer } from '../test/back-ends.ts';
import { startOwner, type Owner } from '../test/owner.ts';
import { haproxyIn, realNode, type RealNode } from '../test/real-haproxy.ts';
import { mastersIn } from './find-running.ts';
import { FolderUnusable } from './haproxy-folder.ts';
import { type HaproxyIncident } from './haproxy-options.ts';
import { HaproxyProcess } from './haproxy-process.ts';
import { isAlive } from './is-alive.ts';
import { Master } from './master.ts';

/** Whether every user may pass down to here. */
const isOpenToAll = async (path: string): Promise<boolean> => {
  if (((await stat(path)).mode & 0o001) === 0) return false;
  return path === dirname(path) || isOpenToAll(dirname(path));
};
const isOpen = await isOpenToAll(import.meta.dirname);

let web: BackEnd;
let echo: BackEnd;
beforeAll(async () => {
  [web, echo] = [await webServer('web'), await echoServer('echo')];
});
afterAll(() => Promise.all([web.close(), echo.close()]));

let port: number;
let tcpPort: number;
beforeEach(async () => {
  [port, tcpPort] = [await freePort(), await freePort()];
});

const services = (changes: Partial<RealServerSketch> = {}, maxConnections = 100): readonly ServiceSketch[] => [
  {
    number: 1,
    spec: { address: '127.0.0.1', ports: [port], mode: 'http', maxConnections },
    realServers: [{ number: 2, ...changes, spec: { address: '127.0.0.1', port: web.port, ...changes.spec } }],
  },
  {
    number: 3,
    spec: { address: '127.0.0.1', ports: [tcpPort] },
    realServers: [{ number: 4, spec: { address: '127.0.0.1', port: echo.port } }],
  },
];
const files = (changes: Partial<RealServerSketch> = {}): HaproxyFiles => filesFor(services(changes));
const drained: Partial<RealServerSketch> = { intent: { intent: 'drain', clients: 'keep' } };

/** Of the master. */
const pidIn = async (folder: string): Promise<number> => {
  const processes = await new Master(join(folder, 'master.sock')).settledProcesses();
  return processes?.masterPid ?? Number.NaN;
};
const mode = async (path: string): Promise<string> => ((await stat(path)).mode & 0o777).toString(8);

describe('a folder', () => {
  let folder: TempFolder;
  let haproxy: HaproxyProcess | undefined;
  beforeEach(async () => {
    folder = await makeTempFolder('haproxy');
  });
  afterEach(async () => {
    await haproxy?.stop(0);
    haproxy = undefined;
    await folder.remove();
  });
  const boot = async (onIncident?: (incident: HaproxyIncident) => void) => {
    haproxy = haproxyIn(folder.path, onIncident);
    return haproxy.boot();
  };

  it('that is new has nothing to boot', async () => {
    expect(await boot()).toEqual({ kind: 'idle', words: undefined });
    expect(await haproxy?.status()).toBeUndefined();
  });

  it('is for its owner alone, sockets and files included', async () => {
    await boot();
    await haproxy?.replace(files());
    const modes = ['', 'master.sock', 'haproxy.cfg', 'servers.state'].map((name) => mode(join(folder.path, name)));
    expect(await Promise.all([...modes, mode(haproxy?.workerSocket ?? '')])).toEqual([
      '700',
      '600',
      '600',
      '600',
      '600',
    ]);
  });

  it('boots its last good configuration, with nobody there to ask', async () => {
    await boot();
    await haproxy?.replace(files(drained));
    await haproxy?.stop(0);
    expect(await boot()).toEqual({ kind: 'started' });
    expect((await get(port)).status).toBe(503); // the only server was drained, and still is
  });

  it('boots the last good configuration after a crash in the middle of a reload', async () => {
    await boot();
    await haproxy?.replace(files());
    await haproxy?.stop(0);
    await rename(join(folder.path, 'haproxy.cfg'), join(folder.path, 'haproxy.cfg.previous'));
    expect(await boot()).toEqual({ kind: 'started' });
  });

  it('boots what served before, when a crash tore the configuration that was being tried', async () => {
    await boot();
    await haproxy?.replace(files());
    await haproxy?.stop(0);
    await copyFile(join(folder.path, 'haproxy.cfg'), join(folder.path, 'haproxy.cfg.previous'));
    await writeFile(join(folder.path, 'haproxy.cfg'), 'global\n');
    expect(await boot()).toEqual({ kind: 'started' });
    expect((await get(port)).body).toBe('web');
  });

  it('whose port is taken says so, and is tried again until it serves', async () => {
    await boot();
    await haproxy?.replace(files());
    await haproxy?.stop(0);
    const somebody = await webServer('somebody', '127.0.0.1', port);
    const incidents: HaproxyIncident[] = [];
    const booted = await boot((incident) => incidents.push(incident));
    expect(booted).toEqual({ kind: 'idle', words: expect.stringContaining('cannot bind socket') });
    await somebody.close();
    await until('it serves', () => Promise.resolve(incidents.some(({ kind }) => kind === 'started-again')));
    expect((await get(port)).body).toBe('web');
  });

  it('whose path is too long for a socket is refused', () => {
    expect(() => haproxyIn(join(folder.path, 'x'.repeat(90)))).toThrow(FolderUnusable);
  });

  it('that lost its program says so', async () => {
    haproxy = new HaproxyProcess({ folder: folder.path, nodeName: 'node-a', command: 'no-such-haproxy' });
    await haproxy.boot();
    const replaced = await haproxy.replace(files());
    expect(replaced).toEqual({ kind: 'refused', words: expect.stringContaining('no-such-haproxy: not found') });
  });

  it('is left serving when asked, and taken over by the next owner', async () => {
    await boot();
    await haproxy?.replace(files());
    await haproxy?.leaveServing();
    const before = await pidIn(folder.path);
    expect((await get(port)).body).toBe('web');
    expect(await boot()).toEqual({ kind: 'adopted' });
    expect(await pidIn(folder.path)).toBe(before);
  });

  it('stops softly: connections have time to end', async () => {
    await boot();
    await haproxy?.replace(files());
    const client = await Client.connect(tcpPort);
    const pid = await pidIn(folder.path);
    const stopping = haproxy?.stop(5_000);
    await until('nobody listens', () =>
      get(port).then(
        () => false,
        () => true,
      ),
    );
    expect(await client.talks()).toBe(true);
    client.close();
    await stopping;
    expect(await isAlive(pid)).toBe(false);
  });
});

describe('our own death', () => {
  let folder: TempFolder;
  let owner: Owner | undefined;
  let heir: HaproxyProcess | undefined;
  beforeEach(async () => {
    folder = await makeTempFolder('haproxy');
  });
  afterEach(async () => {
    await owner?.kill();
    heir ??= haproxyIn(folder.path);
    await heir.boot();
    await heir.stop(0);
    [owner, heir] = [undefined, undefined];
    await rm(`${folder.path}.files.json`, { force: true });
    await folder.remove();
  });

  it('by kill -9 leaves HAProxy serving, connections included, and the next of us takes it over', async () => {
    owner = await startOwner(folder.path, [files(drained)]);
    expect(await owner.said).toEqual({ boot: { kind: 'idle' }, replaced: { kind: 'replaced', method: 'start' } });
    const client = await Client.connect(tcpPort);
    await owner.kill();
    expect(await client.talks()).toBe(true);
    heir = haproxyIn(folder.path);
    expect(await heir.boot()).toEqual({ kind: 'adopted' });
    expect(await heir.replace(filesFor(services(drained, 200)))).toEqual({ kind: 'replaced', method: 'reload' });
    expect(await client.talks()).toBe(true);
    client.close();
  });

  it('by kill -9 in the middle of a reload, wherever, never leaves clients without a server', async () => {
    const two = [filesFor(services({}, 100)), filesFor(services({}, 200))];
    const delaysMs = Array.from({ length: 6 }, () => Math.round(Math.random() * 120));
    for (const delayMs of delaysMs) {
      owner = await startOwner(folder.path, two);
      await owner.said;
      await rest(delayMs);
      await owner.kill();
      heir = haproxyIn(folder.path);
      const booted = await heir.boot();
      const answer = await get(port).catch((failure: unknown) => failure);
      expect({ delaysMs, delayMs, booted, answer }).toMatchObject({
        booted: { kind: 'adopted' },
        answer: { body: 'web' },
      });
      expect(await heir.replace(filesFor(services({}, 300)))).toEqual({ kind: 'replaced', method: 'reload' });
      await heir.leaveServing();
    }
  }, 60_000);

  it('by kill -9 in the middle of a start never leaves two of them behind, sharing the ports', async () => {
    const delaysMs = Array.from({ length: 6 }, () => 200 + Math.round(Math.random() * 600));
    for (const delayMs of delaysMs) {
      owner = await startOwner(folder.path, [files()]);
      await rest(delayMs);
      await owner.kill();
      heir = haproxyIn(folder.path);
      await heir.boot();
      await heir.replace(files());
      const masters = (await mastersIn(folder.path)).length;
      expect({ delaysMs, delayMs, masters }).toMatchObject({ masters: 1 });
      await heir.stop(0);
    }
  }, 60_000);

  it('does not stop an adopted HAProxy from being watched: it is started again when it dies', async () => {
    owner = await startOwner(folder.path, [files()]);
    await owner.said;
    await owner.kill();
    const incidents: HaproxyIncident[] = [];
    heir = haproxyIn(folder.path, (incident) => incidents.push(incident));
    await heir.boot();
    process.kill(await pidIn(folder.path), 'SIGKILL');
    await until('it is back', () => Promise.resolve(incidents.at(-1)?.kind === 'started-again'));
    expect((await get(port)).body).toBe('web');
  });

  const asNormalUser = isOpen ? it : it.skip;
  if (!isOpen) console.info('SKIPPED HAProxy of a normal user: this checkout is closed to other users');
  asNormalUser(
    'as a normal user is no different: unprivileged ports, and addresses that the node does not hold',
    async () => {
      await chmod(folder.path, 0o755);
      const foreign = { ...services()[1], number: 5, spec: { address: '192.0.2.1', ports: [10_104] }, realServers: [] };
      owner = await startOwner(folder.path, [filesFor([...services(), foreign])], 65_534);
      expect((await owner.said).replaced).toEqual({ kind: 'replaced', method: 'start' });
      expect((await get(port)).body).toBe('web');
    },
  );
});

describe('the death of HAProxy', () => {
  let node: RealNode;
  beforeEach(async () => {
    node = await realNode();
    await node.serve(...services());
  });
  afterEach(() => node.dispose());
  const back = () => until('it is back', () => Promise.resolve(node.incidents.at(-1)?.kind === 'started-again'));

  it('by kill -9 of the master is noticed, and it is started again', async () => {
    process.kill(await pidIn(node.folder), 'SIGKILL');
    await back();
    expect(node.incidents.map(({ kind }) => kind)).toEqual(['ended', 'started-again']);
    expect((await get(port)).body).toBe('web');
    expect(await node.serve(...services())).toMatchObject({ method: 'none', waitingFor: [] });
  });

  it('by kill -9 of the worker is the same', async () => {
    process.kill((await node.process.status())?.pid ?? 0, 'SIGKILL');
    await back();
    expect((await get(port)).body).toBe('web');
  });

  it('brings nobody back who was drained since the last reload', async () => {
    await node.serve(...services(drained));
    process.kill(await pidIn(node.folder), 'SIGKILL');
    await back();
    expect((await node.door.observe())?.services.get('vs1')?.get('rs2')).toMatchObject({ adminState: 'drain' });
  });

  it('together with ours brings nobody back either, once a second has passed', async () => {
    await node.serve(...services({ ...drained, spec: { weight: 7 } }));
    const stateFile = join(node.folder, 'servers.state');
    await until('it is on the disk', async () => (await readFile(stateFile, 'utf8')).includes(' 8 7 7 '));
    expect(await readFile(join(node.folder, 'haproxy.cfg'), 'utf8')).toContain('weight 7');
  });

  it('leaves what runs unknown until it is looked at again', async () => {
    const before = node.process.incarnation;
    process.kill(await pidIn(node.folder), 'SIGKILL');
    await back();
    expect(node.process.incarnation).toBeGreaterThan(before);
    await node.door.apply([{ kind: 'set-weight', service: 'vs1', server: 'rs2', weight: 1 }], ['vs1']);
    expect(await node.engine.sweep(aPicture({ services: services() }))).toMatchObject({
      repairs: ['vs1/rs2 has weight 1'],
      convergence: { method: 'runtime', waitingFor: [] },
    });
  });
});
