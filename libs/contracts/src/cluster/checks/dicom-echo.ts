import * as z from 'zod';
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
};

export const DicomEchoCheck = z.strictObject({ ...dicomEcho, ...target });
export const DicomEchoOnPort = z.strictObject({ ...dicomEcho, ...targetOnOwnPort });
