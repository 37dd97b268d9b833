import type { Cluster } from '@evenkeel/cluster';
import { Credentials, type SecretState } from '@evenkeel/contracts';
import { openMaterial, type SealedSource, secretLabel, Unreadable } from '@evenkeel/kernel/sealing';
import { Identity } from '@evenkeel/probes';

/** As whom this checker signs in: what is sealed beside the book, opened when a check needs it first, and kept in memory alone. */
export class Identities {
  private readonly known = new Map<string, { readonly material: string; readonly opening: Promise<Identity> }>();

  constructor(
    private readonly cluster: () => Cluster | undefined,
    private readonly source: SealedSource,
  ) {}

  /** By the newest value in the book. Rejects with why there is none; asking again tries again. */
  async of(secret: string): Promise<Identity> {
    const state = this.cluster()?.secrets.get(secret);
    if (state === undefined) throw new Error('the book has no secret of this name');
    const { material } = state.facts;
    const known = this.known.get(secret);
    if (known?.material === material) return known.opening;
    const opening = this.open(state);
    this.known.set(secret, { material, opening });
    // Many ask at once: they wait together, and a failure is for those alone.
    opening.catch(() => {
      if (this.known.get(secret)?.opening === opening) this.known.delete(secret);
    });
    return opening;
  }

  /** Values that the book does not name any more have no place in memory. */
  forgetOthers(): void {
    const secrets = this.cluster()?.secrets;
    for (const [secret, { material }] of this.known)
      if (secrets?.get(secret)?.facts.material !== material) this.known.delete(secret);
  }

  private async open({ name, facts: { material } }: SecretState): Promise<Identity> {
    const text = await openMaterial(this.source, material, secretLabel(name, material)).catch((failure: unknown) => {
      // Its own words name what only the machine knows it by.
      throw failure instanceof Unreadable ? new Error('it was sealed with another key than this checker has') : failure;
    });
    return new Identity(name, credentialsIn(text));
  }
}

const credentialsIn = (text: string): Credentials => {
  try {
    return Credentials.parse(JSON.parse(text));
  } catch {
    // Without the cause: what does not parse is quoted there.
    throw new Error('what is sealed there is no user name with a password');
  }
};
