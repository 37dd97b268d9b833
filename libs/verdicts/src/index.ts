export { asksTheSame } from './asks-the-same.ts';
export { type Probe, type VerdictStore } from './prober/ports.ts';
export { Prober, type ProberOptions } from './prober/prober.ts';
export { type LastWord, lastWordOf } from './stand-in/last-word.ts';
export { type Checkers, StandIn, type StandInOptions } from './stand-in/stand-in.ts';
export { adopted, neverChecked, nextVerdict, type TargetVerdict, type Thresholds } from './target-verdict.ts';
export { targetsOf } from './targets-of.ts';
export { verdictOf } from './verdict-of.ts';
export { type FixedVerdict, type Listener, type Target, type Wanted, type WantedCheck } from './wanted.ts';
