import * as z from 'zod';
import { RealServerId, VirtualServiceId } from '../ids.ts';

export const LintCode = z.enum([
  'dicom-port-in-http-mode',
  'connect-check-on-udp',
  'connect-check-on-dicom',
  'ping-check',
  'secret-in-clear',
  'no-health-check',
  'duplicate-label',
  'fallback-missing',
  'weight-zero-everywhere',
  'weight-zero-as-drain',
  'single-real-server',
  'watermark-too-high',
  'panic-too-high',
  'persistence-differs-in-application',
  'machines-differ-in-application',
  'short-timeout-on-dicom',
  'followed-machine-missing',
  'source-of-another-family',
  'pool-of-another-family',
  'effective-port-moved',
  'limit-above-node',
]);
export type LintCode = z.infer<typeof LintCode>;

/** Advice; it never refuses. `detail` names the thing, `advice` says what would be better. */
export const LintFinding = z
  .strictObject({
    code: LintCode,
    virtualServiceId: VirtualServiceId.optional(),
    realServerId: RealServerId.optional(),
    detail: z.string(),
    advice: z.string(),
  })
  .meta({ id: 'LintFinding' });
export type LintFinding = z.infer<typeof LintFinding>;
