import { join } from 'node:path';
import { hooks, nextReport, places, type Side, type TestSegment } from '@evenkeel/ha/test';
import { type LabProcess, until } from '@evenkeel/testing/lab';
import * as z from 'zod';

const port = '7007';
const withinMs = 10_000;
const Report = z.object({ by: z.string(), longestGapMs: z.number(), lateMs: z.number() });
type Report = z.infer<typeof Report>;

/** A client that asks the address all the time, and a server on each node that answers, as long as its node lets it. */
export class Traffic {
  private constructor(
    private readonly segment: TestSegment,
    private readonly asker: LabProcess,
  ) {}

  static async start(segment: TestSegment): Promise<Traffic> {
    const asker = await started(segment, 'client', 'asker-main.ts', [places.vip, port]);
    const traffic = new Traffic(segment, asker);
    await Promise.all([traffic.startServer('lb-a'), traffic.startServer('lb-b')]);
    return traffic;
  }

  /** Again, after everything on the node was killed. */
  async startServer(side: Side): Promise<void> {
    await started(this.segment, side, 'answerer-main.ts', [places.vip, port, side]);
  }

  /** What the client has seen since the last time. */
  async seen(): Promise<Report> {
    return Report.parse(await nextReport(this.asker));
  }

  /** Resolves when `side` answers the client, with what the client saw until then. */
  async reaches(side: Side): Promise<Report> {
    const all: Report = { by: '', longestGapMs: 0, lateMs: 0 };
    const isIt = async (): Promise<boolean> => {
      const { by, longestGapMs, lateMs } = await this.seen();
      all.by = by;
      all.longestGapMs = Math.max(all.longestGapMs, longestGapMs);
      all.lateMs = Math.max(all.lateMs, lateMs);
      return by === side;
    };
    await until(`${side} answers the client`, isIt, { withinMs });
    return all;
  }
}

const started = async (
  segment: TestSegment,
  host: Side | 'client',
  program: string,
  args: readonly string[],
): Promise<LabProcess> => {
  const process_ = segment.host(host).spawn(process.execPath, [...hooks, join(import.meta.dirname, program), ...args]);
  const isReady = (): Promise<boolean> => Promise.resolve(process_.lastWords.includes('ready'));
  await until(`${program} is ready`, isReady, { withinMs, process: process_ });
  return process_;
};
