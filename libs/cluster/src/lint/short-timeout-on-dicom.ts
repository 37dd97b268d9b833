import { durationMs } from '@evenkeel/kernel';
import { dicomPortsAmong } from '../rules/dicom-ports.ts';
import type { Finder } from './finder.ts';

/** A modality may pause for minutes between the images of one study. */
const shortest = '10m';

export const shortTimeoutOnDicom: Finder = {
  ofService: ({ service: { spec } }) => {
    if (!('timeouts' in spec) || dicomPortsAmong(spec.ports).length === 0) return [];
    const { client, server } = spec.timeouts;
    const isShort = (timeout: string): boolean => (durationMs(timeout) ?? 0) < (durationMs(shortest) ?? 0);
    if (!isShort(client) && !isShort(server)) return [];
    const detail = `${spec.label} ends idle connections after ${client} (client) and ${server} (server)`;
    return [{ detail, advice: `Use ${shortest} or more, 12h if in doubt: a short one cuts a study in the middle.` }];
  },
};
