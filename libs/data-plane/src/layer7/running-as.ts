import { type DesiredServer } from './desired.ts';
import { type RunningLayer7, type RunningServer } from './running.ts';
import { type WantedLayer7 } from './wanted.ts';

/** What would be seen of a HAProxy that runs `wanted`, with nobody connected. `isNew`: right after its start. */
export const runningAs = (
  { structure, services }: WantedLayer7,
  addsCookies: boolean,
  isNew = false,
): RunningLayer7 => ({
  structure,
  addsCookies,
  services: new Map(
    services.map(({ desired }) => [
      desired.name,
      new Map(
        desired.servers.map((server) => [
          server.name,
          isNew ? { ...asSeen(server), maxConnections: undefined } : asSeen(server),
        ]),
      ),
    ]),
  ),
});

const asSeen = ({
  address,
  port,
  weightNow,
  isEncrypted,
  adminState,
  isDown,
  maxConnections,
}: DesiredServer): RunningServer => ({
  address,
  port,
  weight: weightNow,
  isEncrypted,
  adminState,
  isDown: isDown || adminState === 'maint',
  maxConnections,
  connections: 0,
});
