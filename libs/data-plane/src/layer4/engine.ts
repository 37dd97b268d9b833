import { type Layer4Ability } from '@evenkeel/contracts';
import { type Engine, type EngineRound, type EngineSweep } from '../engine.ts';
import { type Layer4Desired, type Layer4Picture } from './desired.ts';
import { type ClientRecall, noRecall } from './clients/client-recall.ts';
import { diffLayer4, resizedServers, serversWithoutSet } from './diff.ts';
import { commandsIn, type NftCommand } from './nft-command.ts';
import { NftRefused, type Nftables } from './nftables.ts';
import { type AllowedPath, endingsOf, leftOver, pathsOf } from './connection-path.ts';
import { type RememberedClients, type RunningLayer4 } from './running.ts';
import { Layer4Wishes, type WantedLayer4 } from './wanted.ts';

/** Makes the kernel's table of one family match one picture after another. One call at a time. */
export class Layer4Engine implements Engine {
  readonly name = 'nftables';
  private readonly wishes: Layer4Wishes;
  private ability: Layer4Ability | undefined;
  private isForwarding: boolean | undefined;
  /** As observed last; `unknown` before the first look and after anything that may have gone half way. */
  private running: RunningLayer4 | undefined | 'unknown' = 'unknown';
  /** Paths that connections may be on; undefined when the connections themselves must be asked. */
  private used: readonly AllowedPath[] | undefined;
  private settled: { readonly wanted: WantedLayer4; readonly convergence: EngineRound } | undefined;

  /** `recall` gives clients back whose set somebody has deleted, or the kernel has lost with everything else. */
  constructor(
    private readonly nftables: Nftables,
    private readonly recall: ClientRecall = noRecall,
  ) {
    this.wishes = new Layer4Wishes(nftables.family);
  }

  /** Whether this node can serve layer 4; asked once, and again at a sweep while it cannot. */
  async canServe(): Promise<Layer4Ability> {
    this.ability ??= await this.nftables.ability();
    return this.ability;
  }

  /**
   * One round, safe to repeat. Costs nothing when the picture brings nothing new for layer 4. A refused node or a refused
   * transaction is an answer, not tried again before the next change or sweep. Throws what the door throws.
   */
  async converge(picture: Layer4Picture): Promise<EngineRound> {
    const wanted = this.wishes.of(picture);
    if ((await this.canServe()).state === 'able') this.recall.serve(wanted.services, picture.cluster.revision);
    if (this.settled?.wanted === wanted) return { ...this.settled.convergence, method: 'none' };
    const convergence = await this.serve(wanted);
    this.settled = { wanted, convergence };
    return convergence;
  }

  /** Looks at the kernel anew, whatever was known, and puts right what differs. Throws what the door throws. */
  async sweep(picture: Layer4Picture): Promise<EngineSweep> {
    const { settled: before, used } = this;
    this.forgetObservations();
    const isAble = (await this.canServe()).state === 'able';
    const repairs = isAble && before !== undefined ? await this.driftFrom(before) : [];
    // With no service, and nobody's hands on the table, no connection can have become one of ours.
    if (used?.length === 0 && repairs.length === 0) this.used = used;
    return { repairs, convergence: await this.converge(picture) };
  }

  /** Removes our table. Open connections go on until they end; new ones meet a node without layer 4. */
  async clean(): Promise<void> {
    if ((await this.canServe()).state === 'refused') return;
    this.forgetObservations();
    const { deleteTable } = commandsIn(this.nftables.family);
    if ((await this.nftables.observe()) !== undefined) await this.nftables.apply([deleteTable]);
  }

  private forgetObservations(): void {
    this.running = 'unknown';
    this.used = undefined;
    this.isForwarding = undefined;
    this.settled = undefined;
    if (this.ability?.state === 'refused') this.ability = undefined;
  }

  /** A transaction that was refused is no drift: it never ran. */
  private async driftFrom({ wanted, convergence }: NonNullable<Layer4Engine['settled']>): Promise<readonly string[]> {
    this.running = await this.nftables.observe();
    return convergence.rejection === undefined ? diffLayer4(wanted.ruleset, this.running).differences : [];
  }

  private async serve(wanted: WantedLayer4): Promise<EngineRound> {
    const answer = { method: 'none', reloadReasons: [], waitingFor: [], configuration: wanted.text } as const;
    if ((await this.canServe()).state === 'refused') return answer;
    try {
      const method = (await this.close(wanted)) ? 'runtime' : 'none';
      return { ...answer, method, waitingFor: await this.openDifferences(wanted) };
    } catch (failure) {
      this.running = 'unknown';
      if (failure instanceof NftRefused) return { ...answer, rejection: failure.words };
      this.used = undefined;
      throw failure;
    }
  }

  /** Closes the difference, if there is one, in one transaction; then ends the connections that nobody wants any more. */
  private async close(wanted: WantedLayer4): Promise<boolean> {
    const hasChanged = await this.applyDifference(wanted);
    // In this order: a connection that is made between the two goes where the new rules send it.
    await this.endOthers(pathsOf(wanted.services));
    return hasChanged;
  }

  private async applyDifference(wanted: WantedLayer4): Promise<boolean> {
    const wasRemembered = this.running !== 'unknown';
    try {
      return await this.applyOnce(wanted);
    } catch (failure) {
      // Somebody else may have changed the table since we looked: look again, once.
      if (!(failure instanceof NftRefused) || !wasRemembered) throw failure;
      this.running = 'unknown';
      return this.applyOnce(wanted);
    }
  }

  private async applyOnce({ ruleset }: WantedLayer4): Promise<boolean> {
    if (this.running === 'unknown') this.running = await this.nftables.observe();
    const { running } = this;
    const clients = new Map([
      ...this.recall.recall(serversWithoutSet(ruleset, running)),
      ...(await this.clientsInKernel(resizedServers(ruleset, running))),
    ]);
    const { transaction } = diffLayer4(ruleset, running, clients);
    if (transaction.length === 0) return false;
    await this.applyOrForget(transaction, () => diffLayer4(ruleset, running).transaction);
    this.running = await this.nftables.observe(); // trust the kernel, not the call
    return true;
  }

  private async clientsInKernel(servers: readonly number[]): Promise<RememberedClients> {
    return servers.length === 0 ? new Map() : this.nftables.clients(servers);
  }

  /** Traffic comes before memory: clients that the kernel will not have are no reason to serve nobody. */
  private async applyOrForget(
    transaction: readonly NftCommand[],
    withoutClients: () => readonly NftCommand[],
  ): Promise<void> {
    try {
      await this.nftables.apply(transaction);
    } catch (failure) {
      const smaller = failure instanceof NftRefused ? withoutClients() : transaction;
      if (smaller.length === transaction.length) throw failure;
      await this.nftables.apply(smaller);
    }
  }

  private async endOthers(allowed: readonly AllowedPath[]): Promise<void> {
    const known = this.used && leftOver(this.used, allowed);
    const endings = endingsOf(known ?? (await this.nftables.connections()), allowed);
    if (endings.length > 0) await this.nftables.end(endings);
    this.used = allowed;
  }

  private async openDifferences({ ruleset, services }: WantedLayer4): Promise<readonly string[]> {
    const running = this.running === 'unknown' ? undefined : this.running;
    const { differences } = diffLayer4(ruleset, running);
    if (!services.some(needsForwarding)) return differences;
    this.isForwarding ??= await this.nftables.isForwarding();
    return this.isForwarding ? differences : [...differences, forwardingIsOff[this.nftables.family]];
  }
}

const noAnswer = 'this node does not pass packets on, so clients of layer 4 on other hosts get no answer';
const forwardingIsOff = {
  ip: `net.ipv4.ip_forward is 0: ${noAnswer}`,
  // An interface of a host that forwards takes no route from router advertisements any more (`ip-sysctl.rst`, accept_ra).
  ip6: `net.ipv6.conf.all.forwarding is 0: ${noAnswer}; it is yours to switch on, with accept_ra = 2 where routes come from advertisements`,
} as const;

const needsForwarding = ({ endpoints, members }: Layer4Desired): boolean =>
  endpoints.some(({ address }) => !isLoopback(address)) && members.some(({ address }) => !isLoopback(address));

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
