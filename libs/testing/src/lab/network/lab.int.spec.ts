import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWebServer } from '../back-ends/web-server.ts';
import { curl } from '../clients/curl.ts';
import { isRunning } from '../programs/is-running.ts';
import { describeNeeding } from '../programs/needs.ts';
import { runCommand } from '../programs/run-command.ts';
import { until } from '../programs/until.ts';
import { createLab } from './create-lab.ts';
import { type Lab } from './lab.ts';
import { pacsLab, pacsNetwork } from './pacs-lab.ts';

const describeLab = describeNeeding(describe, 'root', 'ip', 'curl');

/** Of this process: others may run labs of their own meanwhile. */
const namespaces = async (): Promise<string[]> =>
  (await runCommand('ip', ['netns', 'list'])).stdout
    .split('\n')
    .filter((name) => name.startsWith(`ek-${process.pid}-`));

describeLab('the PACS lab', () => {
  let lab: Lab;
  const page = { url: `http://${pacsNetwork.pacs1}:8080/`, body: 'pacs1\n' };
  const ask = (url = page.url): ReturnType<typeof curl> => curl(lab.host('client'), url, { timeoutMs: 300 });

  beforeAll(async () => {
    lab = await pacsLab({ canBindForeignAddresses: true });
    await startWebServer({ place: lab.host('pacs1'), address: pacsNetwork.pacs1, port: 8080, name: 'pacs1' });
  });
  afterAll(() => lab.dispose());

  it('lets its hosts reach each other by the reference addresses', async () => {
    expect(await ask()).toMatchObject({ status: 200, body: page.body });
    for (const name of ['node', 'pacs2', 'pacs3']) {
      const nobodyListens = await ask(`http://${lab.host(name).address()}:8080/`);
      expect(nobodyListens.evidence).toMatch(/Connection refused|Couldn't connect/);
    }
  });

  it('shows nothing of itself on the machine', async () => {
    const { stdout } = await runCommand('ip', ['-br', 'link']);
    expect(stdout).not.toMatch(/pacs|client|br0/);
  });

  it('feels a pulled cable at once, and a plugged-in one', async () => {
    await lab.host('pacs1').linkDown();
    expect((await ask()).status).toBe(0);
    expect((await lab.host('pacs1').run('ip', ['-br', 'link', 'show', 'eth0'])).stdout).toContain('NO-CARRIER');
    await lab.host('pacs1').linkUp();
    await until('the page is back', async () => (await ask()).status === 200);
  });

  it('does not feel it when the switch forgets a host', async () => {
    await lab.host('pacs1').isolate();
    expect((await ask()).status).toBe(0);
    expect((await lab.host('pacs1').run('ip', ['-br', 'link', 'show', 'eth0'])).stdout).not.toContain('NO-CARRIER');
    await lab.host('pacs1').rejoin();
    await until('the page is back', async () => (await ask()).status === 200);
  });

  it('gives the node the VIP on request, and takes it away', async () => {
    const node = lab.host('node');
    const held = async (): Promise<boolean> => (await node.run('ip', ['-br', 'addr'])).stdout.includes(pacsNetwork.vip);
    await node.addAddress(pacsNetwork.vip);
    expect(await held()).toBe(true);
    await node.removeAddress(pacsNetwork.vip);
    expect(await held()).toBe(false);
  });

  it('lets the node forward, and bind the VIP before it holds it, and the others not', async () => {
    const settings = ['-n', 'net.ipv4.ip_forward', 'net.ipv4.ip_nonlocal_bind'];
    expect((await lab.host('node').run('sysctl', settings)).stdout).toBe('1\n1\n');
    expect((await lab.host('pacs1').run('sysctl', settings)).stdout).toBe('0\n0\n');
  });

  it('gives a program its own environment variables', async () => {
    const printer = lab.host('client').spawn('printenv', ['EVENKEEL_TRIED'], { EVENKEEL_TRIED: 'yes' });
    await printer.exited;
    await until('it is printed', () => Promise.resolve(printer.lastWords === 'yes'));
  });

  it('kills a command that outstays its time', async () => {
    const { code } = await lab.host('client').run('sleep', ['60'], { timeoutMs: 100 });
    expect(code).toBeUndefined();
  });
});

describeLab('a lab', () => {
  it('can have several switches, each with its own cable to a host', async () => {
    const lab = await createLab({
      hosts: [
        {
          name: 'left',
          links: [
            { switch: 'lan', address: '10.0.1.1/24' },
            { switch: 'peers', address: '10.0.2.1/24' },
          ],
        },
        {
          name: 'right',
          links: [
            { switch: 'lan', address: '10.0.1.2/24' },
            { switch: 'peers', address: '10.0.2.2/24' },
          ],
        },
      ],
    });
    try {
      await startWebServer({ place: lab.host('right'), address: '0.0.0.0', port: 80, name: 'right' });
      const ask = (to: string): Promise<number> =>
        curl(lab.host('left'), `http://${lab.host('right').address(to)}/`, { timeoutMs: 300 }).then(
          ({ status }) => status,
        );
      await lab.host('right').linkDown('lan');
      expect(await ask('peers')).toBe(200);
      expect(await ask('lan')).toBe(0);
    } finally {
      await lab.dispose();
    }
  });

  it('leaves no namespace and no process when disposed of, and can be disposed of twice', async () => {
    const lab = await pacsLab();
    const { pid } = lab.host('client').spawn('sleep', ['60']);
    const forks =
      'console.log(child_process.spawn("sleep", ["60"], { detached: true, stdio: "ignore" }).pid); process.exit()';
    const strayPid = Number((await lab.host('pacs2').run(process.execPath, ['-e', forks])).stdout);
    expect(await isRunning(strayPid)).toBe(true); // nobody holds this one
    expect(await namespaces()).toHaveLength(6);

    await lab.dispose();
    await lab.dispose();
    expect(await namespaces()).toEqual([]);
    expect(await isRunning(pid)).toBe(false);
    expect(await isRunning(strayPid)).toBe(false);
  });

  it('that cannot be built leaves nothing behind', async () => {
    const host = { name: 'broken', links: [{ switch: 'lan', address: '192.168.85.300/24' }] } as const;
    await expect(createLab({ hosts: [host] })).rejects.toThrow('192.168.85.300');
    expect(await namespaces()).toEqual([]);
  });
});
