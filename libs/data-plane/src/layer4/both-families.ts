import { type Layer4Ability } from '@evenkeel/contracts';
import { type Engine, type EngineRound, type EngineSweep } from '../engine.ts';
import { strongest } from '../methods.ts';
import { type ClientRecall } from './clients/client-recall.ts';
import { type Layer4Picture } from './desired.ts';
import { Layer4Engine } from './engine.ts';
import { type Nftables } from './nftables.ts';
import { type Family } from './ruleset.ts';

/**
 * Layer 4 of a node as one data plane. IPv4 and IPv6 have a table each, so that neither is touched, and no client of it
 * forgotten, for the sake of the other. What a node can do in layer 4 is told by IPv4; one without the right to it is not
 * asked for IPv6 either.
 */
export class BothFamilies implements Engine {
  readonly name = 'nftables';
  private readonly four: Layer4Engine;
  private readonly six: Layer4Engine;

  constructor(kernel: Readonly<Record<Family, Nftables>>, recall?: Readonly<Record<Family, ClientRecall>>) {
    this.four = new Layer4Engine(kernel.ip, recall?.ip);
    this.six = new Layer4Engine(kernel.ip6, recall?.ip6);
  }

  canServe(): Promise<Layer4Ability> {
    return this.four.canServe();
  }

  async converge(picture: Layer4Picture): Promise<EngineRound> {
    const round = await this.four.converge(picture);
    if (!(await this.isAble())) return round;
    return this.together(round, await this.six.converge(picture));
  }

  async sweep(picture: Layer4Picture): Promise<EngineSweep> {
    const four = await this.four.sweep(picture);
    if (!(await this.isAble())) return four;
    const six = await this.six.sweep(picture);
    return {
      repairs: [...four.repairs, ...six.repairs],
      convergence: await this.together(four.convergence, six.convergence),
    };
  }

  /** See `Layer4Engine.clean`. */
  async clean(): Promise<void> {
    await this.four.clean();
    if (await this.isAble()) await this.six.clean();
  }

  private async isAble(): Promise<boolean> {
    return (await this.four.canServe()).state === 'able';
  }

  private async together(four: EngineRound, six: EngineRound): Promise<EngineRound> {
    const rejections = [four, six].flatMap(({ rejection }) => rejection ?? []);
    return {
      method: strongest([four.method, six.method]),
      reloadReasons: [],
      waitingFor: [...four.waitingFor, ...six.waitingFor, ...(await this.unserved(six))],
      configuration: [four, six].flatMap(({ configuration }) => configuration),
      ...(rejections.length === 0 ? {} : { rejection: rejections.join('; ') }),
    };
  }

  /** A kernel may know IPv4 only; then somebody has to hear why nobody answers. */
  private async unserved({ configuration }: EngineRound): Promise<readonly string[]> {
    const ability = configuration.length === 0 ? undefined : await this.six.canServe();
    return ability?.state === 'refused' ? [`this node cannot serve layer 4 over IPv6: ${ability.words}`] : [];
  }
}
