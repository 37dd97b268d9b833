import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { otherOf, places, type Side, TestSegment } from '@evenkeel/ha/test';
import { type LabProcess, makeTempFolder, type TempFolder, until } from '@evenkeel/testing/lab';
import { type Contender, type Fault, losePower, powerUp } from './contender.ts';
import { Traffic } from './traffic.ts';

const withinMs = 30_000;
const priorities = { 'lb-a': 150, 'lb-b': 100 } as const;
/** Of the two, it is the master whenever it can be. */
const preferred: Side = 'lb-a';
/** Longer than an advertisement: whoever has lost knows it by then. */
const settleMs = 2_000;

/** As its package is used with the fewest lines: VRRP version 2, an advertisement a second. */
const configuration = (side: Side): string => `
vrrp_instance addresses {
  interface eth0
  virtual_router_id 85
  state BACKUP
  priority ${priorities[side]}
  virtual_ipaddress {
    ${places.vip}/32
  }
}
`;

/** Two nodes with Debian's keepalived. */
export class KeepalivedPair implements Contender {
  private readonly daemons = new Map<Side, LabProcess>();
  serving: Side = preferred;

  private constructor(
    readonly segment: TestSegment,
    readonly traffic: Traffic,
    private readonly folder: TempFolder,
  ) {}

  static async start(): Promise<KeepalivedPair> {
    const [segment, folder] = [await TestSegment.open(), await makeTempFolder('keepalived')];
    try {
      const pair = new KeepalivedPair(segment, await Traffic.start(segment), folder);
      await pair.run('lb-a');
      await pair.run('lb-b');
      await pair.settled();
      return pair;
    } catch (failure) {
      await segment.dispose();
      await folder.remove();
      throw failure;
    }
  }

  async inflict(fault: Fault): Promise<void> {
    this.serving = otherOf(preferred);
    switch (fault) {
      case 'link cut':
        return this.segment.host(preferred).isolate();
      case 'power loss':
        return losePower(this, preferred);
      case 'agent killed':
        return this.daemon.kill('SIGKILL');
      case 'agent frozen':
        return this.daemon.pause();
      case 'planned handover':
        return void process.kill(this.daemon.pid, 'SIGTERM');
    }
  }

  async recover(fault: Fault): Promise<void> {
    switch (fault) {
      case 'link cut':
        await this.segment.host(preferred).rejoin();
        break;
      case 'power loss':
        await powerUp(this, preferred);
        await this.run(preferred);
        break;
      case 'agent frozen':
        this.daemon.resume();
        break;
      case 'agent killed':
      case 'planned handover':
        await this.daemon.exited;
        await this.run(preferred);
    }
    await this.settled();
  }

  async dispose(): Promise<void> {
    await this.segment.dispose();
    await this.folder.remove();
  }

  private get daemon(): LabProcess {
    const daemon = this.daemons.get(preferred);
    if (daemon === undefined) throw new Error('keepalived was not started');
    return daemon;
  }

  private async run(side: Side): Promise<void> {
    const file = (kind: string): string => join(this.folder.path, `${side}.${kind}`);
    await writeFile(file('conf'), configuration(side));
    const daemon = this.segment
      .host(side)
      .spawn('keepalived', [
        '--dont-fork',
        '--log-console',
        '--vrrp',
        `--use-file=${file('conf')}`,
        `--pid=${file('pid')}`,
        `--vrrp_pid=${file('vrrp.pid')}`,
      ]);
    this.daemons.set(side, daemon);
  }

  /** The preferred one serves, and nobody else does. */
  private async settled(): Promise<void> {
    const servesAlone = async (): Promise<boolean> => {
      await this.segment.seen();
      await rest(500);
      const { answered, twice } = await this.segment.seen();
      return answered.every((side) => side === preferred) && answered.length > 0 && twice === 0;
    };
    await until(`${preferred} is the only one to serve`, servesAlone, { withinMs, process: this.daemon });
    await this.traffic.reaches(preferred);
    await rest(settleMs);
    this.serving = preferred;
  }
}
