/** One server-sent event. */
export type Heard = { readonly event: string; readonly id: string | undefined; readonly data: unknown };

/** Reads one stream of server-sent events as a browser does, and remembers the last id. */
export class EventReader {
  readonly heard: Heard[] = [];
  lastEventId: string | undefined;
  hasEnded = false;
  private readonly leaving = new AbortController();

  private constructor(readonly response: Response) {}

  /** Resolves when the answer has begun. */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventReader> {
    const leaving = new AbortController();
    const response = await fetch(url, { headers: { accept: 'text/event-stream', ...headers }, signal: leaving.signal });
    const reader = new EventReader(response);
    leaving.signal.addEventListener('abort', () => undefined);
    reader.leaving.signal.addEventListener('abort', () => leaving.abort());
    void reader.read();
    return reader;
  }

  of(event: string): readonly unknown[] {
    return this.heard.filter((one) => one.event === event).map(({ data }) => data);
  }

  leave(): void {
    this.leaving.abort();
  }

  private async read(): Promise<void> {
    let rest = '';
    try {
      for await (const chunk of this.response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        const blocks = (rest + chunk).split('\n\n');
        rest = blocks.pop() ?? '';
        blocks.forEach((block) => this.take(block));
      }
    } catch {
      // left, or cut off
    }
    this.hasEnded = true;
  }

  private take(block: string): void {
    const fields = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
    );
    this.lastEventId = fields.get('id') ?? this.lastEventId;
    const event = fields.get('event');
    if (event === undefined) return;
    this.heard.push({ event, id: fields.get('id'), data: JSON.parse(fields.get('data') ?? 'null') as unknown });
  }
}
