import { assert } from '@evenkeel/kernel';
import { LabProcess } from '../programs/lab-process.ts';
import { type Place } from '../programs/place.ts';
import { type Output, runCommand, type RunOptions } from '../programs/run-command.ts';
import { type Variables } from '../programs/search-path.ts';
import { inNamespace, ip } from './namespace.ts';

/** A plugged-in cable: the host's end, and the port at the switch's end. */
export type Link = {
  readonly switch: string;
  readonly switchNamespace: string;
  readonly port: string;
  readonly interface: string;
  /** Without prefix length. */
  readonly address: string;
};

/** One machine of the lab. */
export class LabHost implements Place {
  readonly isOurs = true;
  private readonly processes = new Set<LabProcess>();

  constructor(
    readonly name: string,
    readonly namespace: string,
    private readonly links: readonly Link[],
  ) {}

  /** The address on the first link, or on the link to the named switch. */
  address(switchName?: string): string {
    return this.link(switchName).address;
  }

  run(command: string, args: readonly string[], options?: RunOptions): Promise<Output> {
    return runCommand('ip', inNamespace(this.namespace, command, args), options);
  }

  /** A program that is not installed shows as a process that ends at once, saying so. */
  spawn(command: string, args: readonly string[], variables?: Variables): LabProcess {
    const process = LabProcess.start('ip', inNamespace(this.namespace, command, args), variables);
    this.processes.add(process);
    void process.exited.then(() => this.processes.delete(process));
    return process;
  }

  /** Adds an address beside the host's own, such as a VIP: `192.168.85.150`, or with a prefix length. No ARP is sent. */
  addAddress(address: string, switchName?: string): Promise<void> {
    return ip(this.namespace, [`addr add ${address} dev ${this.link(switchName).interface}`]);
  }

  /** Takes it away again, written as it was added. Throws `CommandFailed` when the host does not have it. */
  removeAddress(address: string, switchName?: string): Promise<void> {
    return ip(this.namespace, [`addr del ${address} dev ${this.link(switchName).interface}`]);
  }

  /** Pulls the cable at the switch: the host keeps addresses and routes and sees its carrier go. */
  linkDown(switchName?: string): Promise<void> {
    const { switchNamespace, port } = this.link(switchName);
    return ip(switchNamespace, [`link set ${port} down`]);
  }

  /** Plugs it in again. */
  linkUp(switchName?: string): Promise<void> {
    const { switchNamespace, port } = this.link(switchName);
    return ip(switchNamespace, [`link set ${port} up`]);
  }

  /** The switch forwards nothing from it or to it any more. The host does not feel it: its carrier stays. */
  isolate(switchName?: string): Promise<void> {
    const { switchNamespace, port } = this.link(switchName);
    return ip(switchNamespace, [`link set ${port} nomaster`]);
  }

  /** The switch takes it back. */
  rejoin(switchName?: string): Promise<void> {
    const { switchNamespace, port } = this.link(switchName);
    return ip(switchNamespace, [`link set ${port} master br0`]);
  }

  /** Kills every process that `spawn` started, and resolves when they are gone. */
  async endAll(): Promise<void> {
    const processes = [...this.processes];
    for (const process of processes) process.kill('SIGKILL');
    await Promise.all(processes.map((process) => process.exited));
  }

  private link(switchName: string | undefined): Link {
    const link = this.links.find((candidate) => switchName === undefined || candidate.switch === switchName);
    assert(link !== undefined, `${this.name} is not plugged into ${switchName}`);
    return link;
  }
}
