import type { Step } from '../../src/layer7/step.ts';
import type { Picture } from '../../src/picture.ts';
import { aPicture, type RealServerSketch, type ServiceSketch } from './a-picture.ts';

// Services and real servers of the reference deployment, as specs of layer 7 change them.

export const dicom = (...realServers: readonly RealServerSketch[]): ServiceSketch => ({
  number: 1,
  spec: { label: 'DICOM', ports: [104], persistence: { kind: 'source-ip' } },
  realServers,
});
export const query = (...realServers: readonly RealServerSketch[]): ServiceSketch => ({
  number: 10,
  spec: { label: 'QUERY', ports: [105] },
  realServers,
});
export const pacs1: RealServerSketch = { number: 2, spec: { label: 'INF_PACS1', address: '192.168.85.200' } };
export const pacs2: RealServerSketch = { number: 3, spec: { label: 'INF_PACS2', address: '192.168.85.201' } };
export const of = (...services: readonly ServiceSketch[]): Picture => aPicture({ services });

export const web = (...realServers: readonly RealServerSketch[]): ServiceSketch => ({
  number: 20,
  spec: { label: 'WEB', ports: [80], mode: 'http', persistence: { kind: 'http-cookie-and-source-ip' } },
  realServers,
});
/** The same service with something that only a reload can change. */
export const restructured = (service: ServiceSketch): ServiceSketch => ({
  ...service,
  spec: { ...service.spec, maxConnections: 77 },
});

export const kinds = (steps: readonly Step[]): readonly string[] =>
  steps.map((step) => {
    if (step.kind === 'set-state') return `${step.server} ${step.state}`;
    return step.kind === 'set-health' ? `${step.server} ${step.health}` : `${step.server} ${step.kind}`;
  });
