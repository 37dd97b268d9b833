import {
  type ClusterRefusal,
  healthCheckOf,
  type MergePatch,
  type RealServerSpec,
  type VirtualServiceSpec,
} from '@evenkeel/contracts';
import { isKept } from '../merge-patch.ts';
import { dicomPortsAmong } from '../rules/dicom-ports.ts';

/**
 * An HTTP check that came along to a DICOM port would never pass: the copied service would be down from its first
 * second. Somebody who asks for it by name gets it.
 */
export const httpCheckLeftOnDicom = (
  source: VirtualServiceSpec,
  overrides: MergePatch,
  copy: VirtualServiceSpec,
  realServers: readonly RealServerSpec[],
): ClusterRefusal | undefined => {
  const healthCheck = healthCheckOf(copy);
  if (healthCheck?.kind !== 'http' || !isKept(source, overrides, ['healthCheck', 'kind'])) return undefined;
  const [port] = dicomPortsAmong(copy.ports.slice(0, 1)); // a check that inherits its port takes the first
  const goesThere = [healthCheck, ...realServers].every(inheritsPort);
  if (!goesThere || port === undefined) return undefined;
  const detail = `healthCheck.kind "http" cannot stand with ports ${port}: DICOM does not answer HTTP`;
  const expected = 'healthCheck.kind "dicom-echo" or "connect", or a healthCheck.port that answers HTTP';
  return { kind: 'invalid-combination', errors: [{ pointer: '/healthCheck/kind', detail, expected, inherited: true }] };
};

const inheritsPort = ({ port }: { readonly port: number | 'inherit' }): boolean => port === 'inherit';
