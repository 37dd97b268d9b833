import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { echoscu } from '../clients/dicom-clients.ts';
import { makeWorklistFile } from '../clients/dicom-files.ts';
import { freePort } from '../programs/free-port.ts';
import { type Place, thisMachine } from '../programs/place.ts';
import { makeTempFolder } from '../programs/temp-folder.ts';
import { type BackEnd, startBackEnd } from './back-end.ts';
import { relay } from './relay.ts';

export type WorklistOptions = {
  readonly place?: Place;
  readonly address: string;
  readonly port: number;
  /** Association requests for another called AE title are rejected. */
  readonly aeTitle: string;
  /** The scheduled station of every entry (0040,0010), so that a client sees who answered. */
  readonly name: string;
};

/**
 * A modality worklist with two entries (patients EK0001 and EK0002): DCMTK's `wlmscpfs`. Resolves when C-ECHO answers.
 * Throws `NotInTime` with its last words. Needs wlmscpfs, dump2dcm and echoscu.
 *
 * Facts, tried on DCMTK 3.6.7: it listens on all addresses, with no option for one; it forks for each association; it
 * looks its client's name up in DNS unless told not to; its folder is named after the AE title and must hold a `lockfile`.
 */
export const startWorklist = async (options: WorklistOptions): Promise<BackEnd> => {
  const { place = thisMachine, address, port, aeTitle, name } = options;
  const folder = await makeTempFolder('worklist');
  await fill(join(folder.path, aeTitle), name);
  const listensAt = place.isOurs ? port : await freePort('0.0.0.0');
  return startBackEnd({
    name: `worklist ${name}`,
    place,
    server: { command: 'wlmscpfs', args: ['-dhl', '-dfp', folder.path, String(listensAt)] },
    companions: listensAt === port ? [] : [relay([{ address, port, toPort: listensAt }])],
    tidy: () => folder.remove(),
    answers: async () => (await echoscu(place, { address, port, calledAe: aeTitle })).ok,
  });
};

const fill = async (folder: string, station: string): Promise<void> => {
  await mkdir(folder);
  await writeFile(join(folder, 'lockfile'), '');
  await makeWorklistFile(folder, { patientId: 'EK0001', patientName: 'DOE^JANE', station });
  await makeWorklistFile(folder, { patientId: 'EK0002', patientName: 'ROE^RICHARD', station });
};
