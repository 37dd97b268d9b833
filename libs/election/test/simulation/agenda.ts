type Entry = { readonly at: number; readonly order: number; readonly run: () => void };

/** What is to happen, by time; at one time, in the order in which it was noted. A binary heap. */
export class Agenda {
  now = 0;
  private readonly heap: Entry[] = [];
  private noted = 0;

  at(time: number, run: () => void): void {
    this.heap.push({ at: Math.max(time, this.now), order: this.noted++, run });
    this.rise(this.heap.length - 1);
  }

  after(delay: number, run: () => void): void {
    this.at(this.now + delay, run);
  }

  runUntil(end: number): void {
    for (let first = this.heap[0]; first !== undefined && first.at <= end; first = this.heap[0]) {
      this.takeFirst();
      this.now = first.at;
      first.run();
    }
    this.now = end;
  }

  private takeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink();
  }

  private rise(start: number): void {
    for (let index = start; index > 0;) {
      const parent = (index - 1) >> 1;
      if (!this.isBefore(index, parent)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private sink(): void {
    for (let index = 0; ;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let first = index;
      if (left < this.heap.length && this.isBefore(left, first)) first = left;
      if (right < this.heap.length && this.isBefore(right, first)) first = right;
      if (first === index) return;
      this.swap(index, first);
      index = first;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const [first, second] = [this.heap[one] as Entry, this.heap[other] as Entry];
    return first.at === second.at ? first.order < second.order : first.at < second.at;
  }

  private swap(one: number, other: number): void {
    [this.heap[one], this.heap[other]] = [this.heap[other] as Entry, this.heap[one] as Entry];
  }
}
