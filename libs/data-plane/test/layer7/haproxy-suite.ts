import { type HttpService } from '@evenkeel/contracts';
import { realServerId } from '@evenkeel/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { structureIn } from '../../src/layer7/configuration-name.ts';
import { type Haproxy, type HaproxyFiles, HaproxyRefused } from '../../src/layer7/haproxy.ts';
import { type RunningServer } from '../../src/layer7/running.ts';
import { type Step } from '../../src/layer7/step.ts';
import { filesOf, Layer7Wishes } from '../../src/layer7/wanted.ts';
import { aHash } from './a-hash.ts';
import { aPicture, type RealServerSketch, type ServiceSketch } from './a-picture.ts';

/** One HAProxy to try, and how to get rid of it. `port`: one that it may listen on. */
export type Trial = { readonly haproxy: Haproxy; readonly port: number; dispose(): Promise<void> };

/** The files for these services, as the engine would make them. */
export const filesFor = (services: readonly ServiceSketch[]): HaproxyFiles =>
  filesOf(new Layer7Wishes(aHash).of(aPicture({ services })).wanted);

const second: RealServerSketch = { number: 3, spec: { label: 'second', address: '127.0.0.2' } };
const refused = {
  configuration: 'global\n  nonsense\n',
  serverStates: '1\n',
  name: `${'f'.repeat(64)}-${'f'.repeat(64)}`,
};

/** What every implementation of the port does. The real HAProxy decides what that is. */
export const haproxySuite = (name: string, make: () => Promise<Trial>): void =>
  describe(name, () => {
    let trial: Trial;
    beforeEach(async () => {
      trial = await make();
    });
    afterEach(() => trial.dispose());

    const service = (...realServers: readonly RealServerSketch[]): readonly ServiceSketch[] => [
      {
        number: 1,
        spec: { address: '127.0.0.1', ports: [trial.port], persistence: { kind: 'source-ip' } },
        realServers,
      },
    ];
    const replace = (...realServers: readonly RealServerSketch[]) =>
      trial.haproxy.replace(filesFor(service({ number: 2 }, ...realServers)));
    const apply = async (...steps: readonly Step[]): Promise<RunningServer | undefined> =>
      (await trial.haproxy.apply(steps, ['vs1'])).get('vs1')?.get('rs2');
    const seen = async (server: string): Promise<RunningServer | undefined> =>
      (await trial.haproxy.observe())?.services.get('vs1')?.get(server);
    const at = { service: 'vs1', server: 'rs2' } as const;
    const add = (number: number, words: readonly (string | number)[]): Step => ({
      ...{ service: 'vs1', server: `rs${number}` },
      ...{ kind: 'add-server', words },
    });

    it('runs nothing before it has files', async () => {
      expect(await trial.haproxy.observe()).toBeUndefined();
    });

    it('starts with its first files and reloads with the next', async () => {
      expect(await replace()).toMatchObject({ kind: 'replaced', method: 'start' });
      expect(await replace(second)).toMatchObject({ kind: 'replaced', method: 'reload' });
    });

    it('shows at once what the new worker runs', async () => {
      await replace();
      const replacement = await replace({ ...second, intent: { intent: 'halt', connections: 'finish' } });
      const services = replacement.kind === 'replaced' ? replacement.running.services : undefined;
      expect(services?.get('vs1')?.get('rs3')).toMatchObject({
        address: '127.0.0.2',
        adminState: 'maint',
        isDown: true,
      });
    });

    it('tells which structure it runs, and another incarnation after each start and reload', async () => {
      const files = filesFor(service({ number: 2 }));
      const before = trial.haproxy.incarnation;
      await trial.haproxy.replace(files);
      expect((await trial.haproxy.observe())?.structure).toBe(structureIn(files.name));
      expect(trial.haproxy.incarnation).not.toBe(before);
    });

    it('shows a server as the files say', async () => {
      await replace(
        { number: 3, verdict: 'down', spec: { address: '127.0.0.3', port: 11112, weight: 7, maxConnections: 5 } },
        { number: 4, intent: { intent: 'drain', clients: 'keep' }, verdict: 'down', spec: { address: '127.0.0.4' } },
        { number: 5, intent: { intent: 'halt', connections: 'finish' }, spec: { address: '127.0.0.5' } },
      );
      const usual = {
        weight: 100,
        isEncrypted: false,
        adminState: 'ready',
        isDown: false,
        maxConnections: 0,
        connections: 0,
      };
      expect(Object.fromEntries((await trial.haproxy.observe())?.services.get('vs1') ?? [])).toEqual({
        rs2: { ...usual, address: '192.168.85.200', port: 'inherit' },
        rs3: { ...usual, address: '127.0.0.3', port: 11112, weight: 7, isDown: true, maxConnections: 5 },
        rs4: { ...usual, address: '127.0.0.4', port: 'inherit', adminState: 'drain', isDown: true },
        rs5: { ...usual, address: '127.0.0.5', port: 'inherit', adminState: 'maint', isDown: true },
      });
    });

    it('starts with the weight that counted before, where that is not the one of the file', async () => {
      const picture = aPicture({ services: service({ number: 2 }, second) });
      const warming = new Map([[realServerId(3), 40]]);
      await trial.haproxy.replace(filesOf(new Layer7Wishes(aHash).of({ ...picture, warming }).wanted));
      expect([await seen('rs2'), await seen('rs3')]).toMatchObject([{ weight: 100 }, { weight: 40 }]);
    });

    it('shows to which servers it speaks TLS', async () => {
      const plain: RealServerSketch = { number: 3, spec: { label: 'plain', address: '127.0.0.3', tls: 'off' } };
      const serve = (backendTls: HttpService['backendTls'], ...others: readonly RealServerSketch[]) =>
        trial.haproxy.replace(
          filesFor([
            {
              number: 1,
              spec: { address: '127.0.0.1', ports: [trial.port], mode: 'http', backendTls },
              realServers: [{ number: 2 }, plain, ...others],
            },
          ]),
        );
      const encrypted = async () => (await Promise.all(['rs2', 'rs3', 'rs4'].map(seen))).map((one) => one?.isEncrypted);
      await serve({ kind: 'on', verify: true, serverName: 'pacs.example' });
      expect(await encrypted()).toEqual([true, false, undefined]);
      await apply(add(4, ['127.0.0.4', 'id', 4, 'weight', 1, 'ssl', 'verify', 'none', 'sni', 'str(pacs.example)']));
      expect(await encrypted()).toEqual([true, false, true]);
      await serve({ kind: 'off' }, { number: 4, spec: { label: 'secret', address: '127.0.0.4', tls: 'on' } });
      expect(await encrypted()).toEqual([false, false, true]);
    });

    it.each<[Step, Partial<RunningServer>]>([
      [
        { ...at, kind: 'set-state', state: 'drain' },
        { adminState: 'drain', isDown: false },
      ],
      [
        { ...at, kind: 'set-state', state: 'maint' },
        { adminState: 'maint', isDown: true },
      ],
      [
        { ...at, kind: 'set-health', health: 'down' },
        { adminState: 'ready', isDown: true },
      ],
      [{ ...at, kind: 'set-weight', weight: 0 }, { weight: 0 }],
      [{ ...at, kind: 'set-weight', weight: 256 }, { weight: 256 }],
      [
        { ...at, kind: 'set-address', address: '127.0.0.9', port: undefined },
        { address: '127.0.0.9', port: 'inherit' },
      ],
      [
        { ...at, kind: 'set-address', address: '127.0.0.9', port: 104 },
        { address: '127.0.0.9', port: 104 },
      ],
      [{ ...at, kind: 'set-max-connections', maxConnections: 9 }, { maxConnections: 9 }],
    ])('does %j, and shows it', async (step, change) => {
      await replace();
      expect(await apply(step)).toMatchObject(change);
      expect(await seen('rs2')).toMatchObject(change);
      expect(await apply(step)).toMatchObject(change); // safe to repeat
    });

    it('takes a limit away', async () => {
      await replace();
      await apply({ ...at, kind: 'set-max-connections', maxConnections: 9 });
      expect(await apply({ ...at, kind: 'set-max-connections', maxConnections: 0 })).toMatchObject({
        maxConnections: 0,
      });
    });

    it('keeps a verdict through a drain, and loses it in maintenance', async () => {
      await replace();
      await apply({ ...at, kind: 'set-health', health: 'down' });
      expect(await apply({ ...at, kind: 'set-state', state: 'drain' })).toMatchObject({ isDown: true });
      expect(await apply({ ...at, kind: 'set-state', state: 'ready' })).toMatchObject({ isDown: true });
      await apply({ ...at, kind: 'set-state', state: 'maint' });
      expect(await apply({ ...at, kind: 'set-state', state: 'ready' })).toMatchObject({ isDown: false });
    });

    it('hears no verdict in maintenance', async () => {
      await replace();
      await apply({ ...at, kind: 'set-state', state: 'maint' }, { ...at, kind: 'set-health', health: 'down' });
      expect(await apply({ ...at, kind: 'set-state', state: 'ready' })).toMatchObject({ isDown: false });
    });

    const third = add(7, ['127.0.0.7:11112', 'id', 7, 'weight', 9, 'maxconn', 5]);

    it('adds a server that nobody is sent to yet, just as it is told', async () => {
      await replace();
      await apply(third, add(8, ['127.0.0.8', 'id', 8, 'weight', 0]));
      const still = { isEncrypted: false, adminState: 'maint', isDown: true, connections: 0 };
      const rs7 = { ...still, address: '127.0.0.7', port: 11112, weight: 9, maxConnections: 5 };
      expect(await seen('rs7')).toEqual(rs7);
      expect(await seen('rs8')).toEqual({
        ...rs7,
        address: '127.0.0.8',
        port: 'inherit',
        weight: 0,
        maxConnections: 0,
      });
    });

    it('adds the first server of a service', async () => {
      await trial.haproxy.replace(filesFor(service()));
      await apply(third, { service: 'vs1', server: 'rs7', kind: 'set-state', state: 'ready' });
      expect(await seen('rs7')).toMatchObject({ adminState: 'ready', isDown: false });
    });

    it('refuses to add a server that is there, and runs on', async () => {
      await replace();
      await apply(third);
      await expect(apply(third)).rejects.toThrow(HaproxyRefused);
      expect(await seen('rs7')).toMatchObject({ weight: 9 });
    });

    it('says whether it adds servers with a cookie, and does as it said', async () => {
      await trial.haproxy.replace(
        filesFor([
          {
            number: 1,
            spec: { address: '127.0.0.1', ports: [trial.port], mode: 'http', persistence: { kind: 'http-cookie' } },
            realServers: [{ number: 2 }],
          },
        ]),
      );
      const running = await trial.haproxy.observe();
      const isDone = await apply(add(7, ['127.0.0.7', 'id', 7, 'weight', 9, 'cookie', 'rs7'])).then(
        () => true,
        () => false,
      );
      expect(isDone).toBe(running?.addsCookies);
    });

    it.each([2, 7])(
      'deletes a server in maintenance, rs%i, and takes it back under its name and number',
      async (number) => {
        await replace(second);
        const target = { service: 'vs1', server: `rs${number}` };
        if (number === 7) await apply(third);
        const gone = { ...target, kind: 'delete-server' } as const;
        const next = { ...at, server: 'rs3', kind: 'set-weight', weight: 4 } as const;
        await apply({ ...target, kind: 'set-state', state: 'maint' }, gone, gone, next); // safe to repeat
        expect([await seen(target.server), await seen('rs3')]).toEqual([
          undefined,
          expect.objectContaining({ weight: 4 }),
        ]);
        await apply(add(number, ['127.0.0.9', 'id', number, 'weight', 1]), {
          ...target,
          kind: 'set-state',
          state: 'ready',
        });
        expect(await seen(target.server)).toMatchObject({ address: '127.0.0.9', adminState: 'ready' });
      },
    );

    it('deletes no server that may get clients, and says nothing of it: the look shows it', async () => {
      await replace();
      expect(await apply({ ...at, kind: 'delete-server' })).toMatchObject({ adminState: 'ready' });
    });

    it('does deeds that nobody can see', async () => {
      await replace();
      await apply({ ...at, kind: 'forget-clients', serverId: 2 }, { ...at, kind: 'close-connections' });
    });

    it('says which step it refused, and has done the others', async () => {
      await replace();
      const steps = [
        { ...at, kind: 'set-weight', weight: 1 },
        { service: 'vs1', server: 'rs99', kind: 'set-weight', weight: 2 },
        { ...at, kind: 'set-state', state: 'drain' },
      ] as const;
      await expect(apply(...steps)).rejects.toThrow(HaproxyRefused);
      expect(await seen('rs2')).toMatchObject({ weight: 1, adminState: 'drain' });
    });

    it('forgets at a reload what the files do not say', async () => {
      await replace();
      await apply(
        { ...at, kind: 'set-state', state: 'drain' },
        { ...at, kind: 'set-weight', weight: 1 },
        { ...at, kind: 'set-health', health: 'down' },
      );
      await replace(second);
      expect(await seen('rs2')).toMatchObject({ adminState: 'ready', weight: 100, isDown: false });
    });

    it('refuses bad files with words, and runs on', async () => {
      await replace();
      await apply({ ...at, kind: 'set-weight', weight: 3 });
      expect(await trial.haproxy.replace(refused)).toEqual({
        kind: 'refused',
        words: expect.stringContaining('nonsense'),
      });
      expect(await seen('rs2')).toMatchObject({ weight: 3 });
      expect(await replace(second)).toMatchObject({
        kind: 'replaced',
      });
    });
  });
