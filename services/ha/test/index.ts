export { Pair } from './pair.ts';
export { hooks, nextReport, otherOf, places, type Seen, type Side, TestSegment } from './test-segment.ts';
