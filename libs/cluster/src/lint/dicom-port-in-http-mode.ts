import { dicomPortsAmong } from '../rules/dicom-ports.ts';
import type { Finder } from './finder.ts';

export const dicomPortInHttpMode: Finder = {
  ofService: ({ service: { spec } }) => {
    const ports = dicomPortsAmong(spec.ports);
    if (spec.mode !== 'http' || ports.length === 0) return [];
    const detail = `${spec.label} expects HTTP on DICOM port ${ports.join(', ')}`;
    return [{ detail, advice: 'Use mode tcp: a DICOM association is not HTTP and would be refused.' }];
  },
};
