import type { LintCode } from '@evenkeel/contracts';
import { connectCheckOnDicom } from './connect-check-on-dicom.ts';
import { connectCheckOnUdp } from './connect-check-on-udp.ts';
import { dicomPortInHttpMode } from './dicom-port-in-http-mode.ts';
import { duplicateLabel } from './duplicate-label.ts';
import { effectivePortMoved } from './effective-port-moved.ts';
import { fallbackMissing } from './fallback-missing.ts';
import type { Finder } from './finder.ts';
import { followedMachineMissing } from './followed-machine-missing.ts';
import { machinesDifferInApplication } from './machines-differ-in-application.ts';
import { noHealthCheck } from './no-health-check.ts';
import { panicTooHigh } from './panic-too-high.ts';
import { persistenceDiffersInApplication } from './persistence-differs-in-application.ts';
import { pingCheck } from './ping-check.ts';
import { poolOfAnotherFamily } from './pool-of-another-family.ts';
import { secretInClear } from './secret-in-clear.ts';
import { shortTimeoutOnDicom } from './short-timeout-on-dicom.ts';
import { singleRealServer } from './single-real-server.ts';
import { sourceOfAnotherFamily } from './source-of-another-family.ts';
import { watermarkTooHigh } from './watermark-too-high.ts';
import { weightZeroAsDrain, weightZeroEverywhere } from './weight-zero.ts';

/** How each thing is found. A new code does not compile until it has a row; what nodes can open is not in the book. */
const finderOf: { readonly [Code in Exclude<LintCode, 'limit-above-node'>]: Finder } = {
  'dicom-port-in-http-mode': dicomPortInHttpMode,
  'connect-check-on-udp': connectCheckOnUdp,
  'connect-check-on-dicom': connectCheckOnDicom,
  'ping-check': pingCheck,
  'secret-in-clear': secretInClear,
  'no-health-check': noHealthCheck,
  'duplicate-label': duplicateLabel,
  'fallback-missing': fallbackMissing,
  'weight-zero-everywhere': weightZeroEverywhere,
  'weight-zero-as-drain': weightZeroAsDrain,
  'single-real-server': singleRealServer,
  'watermark-too-high': watermarkTooHigh,
  'panic-too-high': panicTooHigh,
  'persistence-differs-in-application': persistenceDiffersInApplication,
  'machines-differ-in-application': machinesDifferInApplication,
  'short-timeout-on-dicom': shortTimeoutOnDicom,
  'followed-machine-missing': followedMachineMissing,
  'source-of-another-family': sourceOfAnotherFamily,
  'pool-of-another-family': poolOfAnotherFamily,
  'effective-port-moved': effectivePortMoved,
};

export const finders = Object.entries(finderOf) as [LintCode, Finder][];
