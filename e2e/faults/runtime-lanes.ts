import { RuntimeLane } from './changes.ts';
import type { Stage } from './stage.ts';

/** On the second machine of each service: the last one is the scribe's, and the first one always serves. */
export const runtimeLanes = async (stage: Stage): Promise<RuntimeLane[]> => {
  const services = await Promise.all(['Web', 'DICOM', 'Names'].map((label) => stage.service(label)));
  return services.flatMap(({ realServers: [, second] }) =>
    second === undefined ? [] : [new RuntimeLane(stage.api, second)],
  );
};
