import { assert } from '@evenkeel/kernel';
import { keep } from '../programs/keeper.ts';
import { type LabHost } from './lab-host.ts';
import { removeNamespace } from './namespace.ts';

/** A small network of its own: hosts and switches as network namespaces, invisible to the rest of the machine. */
export class Lab {
  private readonly forget: readonly (() => void)[];

  constructor(
    private readonly hosts: readonly LabHost[],
    private readonly namespaces: readonly string[],
  ) {
    this.forget = namespaces.map((name) => keep({ kind: 'namespace', name }));
  }

  /** A host by its name in the plan. */
  host(name: string): LabHost {
    const host = this.hosts.find((candidate) => candidate.name === name);
    assert(host !== undefined, `the lab has no host ${name}`);
    return host;
  }

  /**
   * Ends every process of the lab and deletes its namespaces. Safe to repeat; works on a half-built lab.
   * If it is never called, the keeper does the same when this process ends.
   */
  async dispose(): Promise<void> {
    await Promise.all(this.hosts.map((host) => host.endAll()));
    await Promise.all(this.namespaces.map(removeNamespace));
    for (const forget of this.forget) forget();
  }
}
