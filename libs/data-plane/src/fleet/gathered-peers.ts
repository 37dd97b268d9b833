import type { Peer } from '../picture.ts';
import { samePeers } from './members.ts';

/** A membership that has not changed for so long is taken, and any that has changed for so long: nodes come in groups. */
const [quietMs, patienceMs] = [2_000, 10_000];

/** Holds changes of membership back until they are complete: each that a node takes costs it a reload. */
export class GatheredPeers {
  private coming: { readonly peers: readonly Peer[]; readonly firstMs: number; readonly lastMs: number } | undefined;

  constructor(private taken: readonly Peer[]) {}

  /** What this node goes by; the same list until it is another one. */
  get peers(): readonly Peer[] {
    return this.taken;
  }

  /** Nobody is reloaded by it: takes it at once. */
  begin(peers: readonly Peer[]): void {
    if (!samePeers(peers, this.taken)) this.taken = peers;
    this.coming = undefined;
  }

  /** `now`: the newest known membership. Whether it, or one before it, was taken. */
  look(now: readonly Peer[], nowMs: number): boolean {
    if (samePeers(now, this.taken)) {
      this.coming = undefined;
      return false;
    }
    if (this.coming === undefined || !samePeers(now, this.coming.peers)) {
      this.coming = { peers: now, firstMs: this.coming?.firstMs ?? nowMs, lastMs: nowMs };
    }
    const { firstMs, lastMs } = this.coming;
    if (nowMs - lastMs < quietMs && nowMs - firstMs < patienceMs) return false;
    this.taken = now;
    this.coming = undefined;
    return true;
  }
}
