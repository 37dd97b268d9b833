/** Something that is due at a time of the monotonic clock. It must not change while it waits in a queue. */
export type Due = { readonly dueMs: number };

/** What is due next: a binary heap, so that ten thousand targets need one timer. */
export class DueQueue<Item extends Due> {
  private items: Item[] = [];

  next(): Item | undefined {
    return this.items[0];
  }

  add(item: Item): void {
    this.items.push(item);
    this.raise(this.items.length - 1);
  }

  take(): Item | undefined {
    const first = this.items[0];
    const last = this.items.pop();
    if (first === undefined || last === undefined || this.items.length === 0) return first;
    this.items[0] = last;
    this.sink(0);
    return first;
  }

  /** Forgets what waited, and holds `items` instead. */
  refill(items: readonly Item[]): void {
    this.items = items.toSorted((one, other) => one.dueMs - other.dueMs); // a sorted array is a heap
  }

  private raise(index: number): void {
    const parent = (index - 1) >> 1;
    if (index === 0 || this.dueAt(parent) <= this.dueAt(index)) return;
    this.swap(index, parent);
    this.raise(parent);
  }

  private sink(index: number): void {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    const earlier = this.dueAt(right) < this.dueAt(left) ? right : left;
    if (this.dueAt(index) <= this.dueAt(earlier)) return;
    this.swap(index, earlier);
    this.sink(earlier);
  }

  private dueAt(index: number): number {
    return this.items[index]?.dueMs ?? Infinity;
  }

  private swap(one: number, other: number): void {
    const items = this.items;
    [items[one], items[other]] = [items[other] as Item, items[one] as Item];
  }
}
