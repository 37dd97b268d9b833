import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOrThrow } from '../programs/run-command.ts';

export type DicomFile = { readonly path: string; readonly patientId: string; readonly studyUid: string };

/**
 * Writes a tiny valid image (2 by 2 grey pixels, secondary capture, explicit little endian) with ids of its own.
 * Needs dump2dcm. Throws `CommandFailed` with its words. Tried on DCMTK 3.6.7; dcmftest and Orthanc take it.
 */
export const makeDicomFile = async (folder: string, { patientId = 'EK0001' } = {}): Promise<DicomFile> => {
  const studyUid = newUid();
  const sopUid = newUid();
  const path = await dumpToDicom(folder, `${sopUid}.dcm`, [
    '(0008,0005) CS [ISO_IR 100]',
    '(0008,0016) UI =SecondaryCaptureImageStorage',
    `(0008,0018) UI [${sopUid}]`,
    '(0008,0020) DA [20260101]',
    '(0008,0030) TM [120000]',
    '(0008,0050) SH [A0001]',
    '(0008,0060) CS [OT]',
    '(0008,0064) CS [SYN]',
    '(0010,0010) PN [DOE^JANE]',
    `(0010,0020) LO [${patientId}]`,
    `(0020,000d) UI [${studyUid}]`,
    `(0020,000e) UI [${newUid()}]`,
    '(0020,0010) SH [1]',
    '(0020,0011) IS [1]',
    '(0020,0013) IS [1]',
    '(0028,0002) US 1',
    '(0028,0004) CS [MONOCHROME2]',
    '(0028,0010) US 2',
    '(0028,0011) US 2',
    '(0028,0100) US 8',
    '(0028,0101) US 8',
    '(0028,0102) US 7',
    '(0028,0103) US 0',
    '(7fe0,0010) OB 00\\40\\80\\ff',
  ]);
  return { path, patientId, studyUid };
};

export type WorklistEntry = { readonly patientId: string; readonly patientName: string; readonly station: string };

/** Writes one worklist entry with the attributes that wlmscpfs demands. */
export const makeWorklistFile = (folder: string, { patientId, patientName, station }: WorklistEntry): Promise<string> =>
  dumpToDicom(folder, `${patientId}.wl`, [
    '(0008,0005) CS [ISO_IR 100]',
    '(0008,0050) SH [A0001]',
    `(0010,0010) PN [${patientName}]`,
    `(0010,0020) LO [${patientId}]`,
    '(0010,0030) DA [19700101]',
    '(0010,0040) CS [O]',
    `(0020,000d) UI [${newUid()}]`,
    '(0032,1032) PN [REFERRER]',
    '(0032,1060) LO [CHEST]',
    '(0040,0100) SQ',
    '(fffe,e000) na',
    '(0008,0060) CS [CT]',
    '(0040,0001) AE [MODALITY]',
    '(0040,0002) DA [20260101]',
    '(0040,0003) TM [120000]',
    '(0040,0006) PN [PERFORMER]',
    '(0040,0007) LO [CHEST CT]',
    '(0040,0009) SH [SPS1]',
    `(0040,0010) SH [${station}]`,
    '(fffe,e00d) na',
    '(fffe,e0dd) na',
    '(0040,1001) SH [RP1]',
    '(0040,1003) SH [LOW]',
  ]);

/** A UUID as a UID: DICOM PS3.5, annex B.2. */
const newUid = (): string => `2.25.${BigInt(`0x${randomUUID().replaceAll('-', '')}`)}`;

const dumpToDicom = async (folder: string, name: string, elements: readonly string[]): Promise<string> => {
  const dump = join(folder, `${name}.dump`);
  const path = join(folder, name);
  await writeFile(dump, `${elements.join('\n')}\n`);
  await runOrThrow('dump2dcm', ['+te', dump, path]);
  await rm(dump);
  return path;
};
