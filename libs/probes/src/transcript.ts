import { type Exchange, exchangeLimits, type ExchangeStep } from '@evenkeel/contracts';
import type { Clock } from '@evenkeel/kernel';
import { cleanDetail } from './clean-detail.ts';
import { discreet, type Identity } from './identity.ts';

/** How much of a message is shown: its bytes, which are words of a protocol; its lines; or only how long it was. */
export type Shown = { readonly frame?: Uint8Array; readonly lines?: readonly string[]; readonly length?: number };

/** Told what a probe and a server say to each other. */
export type Listen = (by: ExchangeStep['by'], what: string, shown?: Shown) => void;

/** Nearly always nobody wants to know. */
export const nobodyListens: Listen = () => undefined;

/**
 * Passes on what is said after we have signed in: of a server that says what it was told in confidence, only how much. What it said
 * before that it cannot have had from this talk.
 */
export const discreetly = (listen: Listen, identity: Identity | undefined): Listen => {
  if (identity === undefined) return listen;
  return (by, what, shown) => listen(by, what, by === 'server' && shown ? withoutIdentity(shown, identity) : shown);
};

const withoutIdentity = (shown: Shown, identity: Identity): Shown => {
  const { frame, lines } = shown;
  if (frame !== undefined && identity.isIn(frame)) return { length: frame.length };
  return lines === undefined ? shown : { ...shown, lines: lines.map((line) => discreet(line, identity)) };
};

/** Writes down a talk, as far as it may be shown and as far as there is room. */
export class Transcript {
  private readonly steps: ExchangeStep[] = [];
  private leftOut = 0;
  private readonly startedMs: number;

  constructor(private readonly clock: Clock) {
    this.startedMs = clock.monotonicMs();
  }

  readonly listen: Listen = (by, what, shown = {}) => {
    if (this.steps.length === exchangeLimits.steps) {
      this.leftOut += 1;
      return;
    }
    const afterMs = Math.round((this.clock.monotonicMs() - this.startedMs) * 10) / 10;
    this.steps.push({ afterMs, by, what, ...written(shown) });
  };

  written(): Exchange {
    return { steps: [...this.steps], leftOut: this.leftOut };
  }
}

const { hexBytes, lines: linesMax, lineLength } = exchangeLimits;

const written = ({ frame, lines, length }: Shown): Pick<ExchangeStep, 'bytes' | 'lines' | 'hex'> => {
  const bytes = frame?.length ?? length;
  return {
    ...(bytes === undefined ? {} : { bytes }),
    ...(lines === undefined ? {} : { lines: lines.slice(0, linesMax).map((line) => shortened(cleanDetail(line))) }),
    ...(frame === undefined ? {} : { hex: Buffer.from(frame.subarray(0, hexBytes)).toString('hex') }),
  };
};

const shortened = (line: string): string => line.slice(0, lineLength);
