import { durationMs } from '@evenkeel/kernel';
import * as z from 'zod';
import { durationBetween } from '../../values.ts';
import { pace } from './pace.ts';
import { target, targetOnOwnPort } from './target.ts';
import { Tls } from './tls.ts';

/** DICOM PS3.8: 1 to 16 characters of the default repertoire, no backslash, not only spaces. */
export const ApplicationEntity = z
  .string()
  .regex(/^(?=.*[^ ])[\x20-\x5b\x5d-\x7e]{1,16}$/, '1 to 16 printable ASCII characters, no backslash');

/** A PACS logs every association, hence the slower default pace. */
const dicomEcho = {
  kind: z.literal('dicom-echo'),
  ...pace('10s', '5s'),
  callingAe: ApplicationEntity.default('EVENKEEL'),
  calledAe: ApplicationEntity.default('ANY-SCP'),
  tls: Tls.optional(),
  /** How long the server may take over the association, and over C-ECHO; the whole may take `timeout` in any case. */
  acseTimeout: durationBetween('50ms', '5m').optional(),
  dimseTimeout: durationBetween('50ms', '5m').optional(),
};

const parts = ['acseTimeout', 'dimseTimeout'] as const;
type Timeouts = { readonly timeout: string } & { readonly [Part in (typeof parts)[number]]?: string | undefined };

const partsFit = ({ value, issues }: z.core.ParsePayload<Timeouts>): void => {
  const whole = durationMs(value.timeout) ?? 0;
  for (const part of parts) {
    if ((durationMs(value[part] ?? '') ?? 0) <= whole) continue;
    issues.push({
      code: 'custom',
      message: `not longer than timeout (${value.timeout})`,
      path: [part],
      input: value[part],
    });
  }
};

export const DicomEchoCheck = z.strictObject({ ...dicomEcho, ...target }).check(partsFit);
export const DicomEchoOnPort = z.strictObject({ ...dicomEcho, ...targetOnOwnPort }).check(partsFit);
