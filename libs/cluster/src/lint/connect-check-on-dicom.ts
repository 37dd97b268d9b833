import { dicomPortsAmong } from '../rules/dicom-ports.ts';
import type { Finder } from './finder.ts';

export const connectCheckOnDicom: Finder = {
  ofService: ({ service: { spec } }) => {
    const ports = dicomPortsAmong(spec.ports);
    if (spec.mode === 'http' || spec.healthCheck.kind !== 'connect' || ports.length === 0) return [];
    const detail = `${spec.label} checks DICOM port ${ports.join(', ')} by a TCP connect, which cannot see a PACS that hangs`;
    return [{ detail, advice: 'Use dicom-echo.' }];
  },
};
