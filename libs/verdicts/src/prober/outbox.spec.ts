import type { RealServerId, Verdict } from '@evenkeel/contracts';
import { aVerdict, realServerId } from '@evenkeel/testing';
import { describe, expect, it } from '@jest/globals';
import { Outbox } from './outbox.ts';

/** A store that writes down what reaches it, and refuses while it is away. */
class FakeStore {
  readonly arrived: string[] = [];
  isAway = false;
  onPut: () => void = () => undefined;

  async put({ realServerId: id, state, detail }: Verdict): Promise<void> {
    this.onPut();
    await this.arrive(`${numberOf(id)} ${state} ${detail}`);
  }

  async delete(id: RealServerId): Promise<void> {
    await this.arrive(`${numberOf(id)} gone`);
  }

  private async arrive(word: string): Promise<void> {
    await Promise.resolve();
    if (this.isAway) throw new Error('the store is away');
    this.arrived.push(word);
  }
}

const numberOf = (id: RealServerId): number => Number(id.slice(-12));

const verdict = (number: number, state: Verdict['state'], detail: string): Verdict =>
  aVerdict({ realServerId: realServerId(number), state, detail });

const anOutbox = () => {
  const store = new FakeStore();
  return { store, outbox: new Outbox(store) };
};

describe('what waits', () => {
  it('is sent with the news before the newer evidence', async () => {
    const { store, outbox } = anOutbox();
    outbox.refresh(verdict(1, 'up', 'again'));
    outbox.tell(verdict(2, 'down', 'refused'));
    await outbox.sendAll();
    expect(store.arrived).toEqual(['2 down refused', '1 up again']);
  });

  it('is only the newest word about each real server', async () => {
    const { store, outbox } = anOutbox();
    outbox.tell(verdict(1, 'down', 'first'));
    outbox.refresh(verdict(1, 'down', 'second'));
    outbox.refresh(verdict(2, 'up', 'first'));
    outbox.retract(realServerId(2));
    await outbox.sendAll();
    expect(store.arrived).toEqual(['1 down second', '2 gone']);
  });

  it('is sent completely, however much it is', async () => {
    const { store, outbox } = anOutbox();
    for (let number = 1; number <= 1_000; number++) outbox.tell(verdict(number, 'up', 'fine'));
    await outbox.sendAll();
    expect(new Set(store.arrived).size).toBe(1_000);
  });
});

describe('of what another has spoken', () => {
  it('nothing waits any more', async () => {
    const { store, outbox } = anOutbox();
    outbox.tell(verdict(1, 'down', 'refused'));
    outbox.refresh(verdict(2, 'up', 'fine'));
    outbox.tell(verdict(3, 'up', 'fine'));
    outbox.drop(realServerId(1));
    outbox.drop(realServerId(2));
    await outbox.sendAll();
    expect(store.arrived).toEqual(['3 up fine']);
  });

  it('nothing is sent again that was on its way then', async () => {
    const { store, outbox } = anOutbox();
    store.isAway = true;
    store.onPut = () => outbox.drop(realServerId(1));
    outbox.tell(verdict(1, 'down', 'refused'));
    await expect(outbox.sendAll()).rejects.toThrow('away');
    store.isAway = false;
    await outbox.sendAll();
    expect(store.arrived).toEqual([]);
  });
});

describe('while the store is away', () => {
  it('keeps everything, says so, and sends it later', async () => {
    const { store, outbox } = anOutbox();
    store.isAway = true;
    outbox.tell(verdict(1, 'down', 'refused'));
    outbox.retract(realServerId(2));
    await expect(outbox.sendAll()).rejects.toThrow('the store is away');
    store.isAway = false;
    await outbox.sendAll();
    expect(store.arrived).toEqual(['1 down refused', '2 gone']);
  });

  it('does not put an old word back over a newer one', async () => {
    const { store, outbox } = anOutbox();
    store.isAway = true;
    store.onPut = () => outbox.tell(verdict(1, 'up', 'newer'));
    outbox.tell(verdict(1, 'down', 'older'));
    await expect(outbox.sendAll()).rejects.toThrow('the store is away');
    Object.assign(store, { isAway: false, onPut: () => undefined });
    await outbox.sendAll();
    expect(store.arrived).toEqual(['1 up newer']);
  });
});
