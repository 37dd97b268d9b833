import type { ConfigClient } from '@evenkeel/bus';
import { type ClusterKey, secretLabel } from '@evenkeel/kernel/sealing';

/**
 * Hands what must not be in the book to `config`, sealed. Call it before the commit that names it: whoever reads the commit
 * finds it then. What no commit names is never opened.
 */
export class SealedStore {
  /** `clusterKey`: made when it is asked for first, so that a gateway without anything to seal has none. */
  constructor(
    private readonly config: Pick<ConfigClient, 'keepMaterial'>,
    private readonly clusterKey: () => Promise<ClusterKey>,
  ) {}

  /** A certificate's chain and key. Safe to repeat. */
  async keepCertificate(material: string, pem: string): Promise<void> {
    const key = await this.clusterKey();
    await this.config.keepMaterial({ material, sealed: key.seal(material, pem) });
  }

  /** A secret; resolves to what the book may name it by. Safe to repeat: the same value has the same name. */
  async keepSecret(name: string, value: string): Promise<string> {
    const key = await this.clusterKey();
    const material = key.nameFor(JSON.stringify([name, value]));
    await this.config.keepMaterial({ material, sealed: key.seal(secretLabel(name, material), value) });
    return material;
  }
}
