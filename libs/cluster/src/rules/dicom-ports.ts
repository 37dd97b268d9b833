import { hasPort, type PortItem } from '@evenkeel/contracts';

/**
 * Ports that mean DICOM: 104, 2762 (TLS) and 11112 by registration (IANA service names), 105 and 204 by the reference
 * deployment, where query and worklist have ports of their own. Lowest first.
 */
const dicomPorts: readonly number[] = [104, 105, 204, 2762, 11_112];

export const dicomPortsAmong = (ports: readonly PortItem[]): readonly number[] =>
  dicomPorts.filter((port) => hasPort(ports, port));
