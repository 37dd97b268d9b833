import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { curl } from '../clients/curl.ts';
import { echoscu } from '../clients/dicom-clients.ts';
import { freePort } from '../programs/free-port.ts';
import { type Place, thisMachine } from '../programs/place.ts';
import { makeTempFolder } from '../programs/temp-folder.ts';
import { type BackEnd, startBackEnd } from './back-end.ts';
import { relay } from './relay.ts';

export type OrthancOptions = {
  readonly place?: Place;
  readonly address: string;
  readonly httpPort: number;
  /** All of them reach the same archive. */
  readonly dicomPorts: readonly [number, ...number[]];
  readonly aeTitle: string;
  /** Shown by `GET /system`. */
  readonly name: string;
  /** Whom its web side lets in, and by which password; everybody when left out. */
  readonly user?: { readonly username: string; readonly password: string };
};

/**
 * A real DICOM archive, empty at first: Debian's Orthanc. Resolves when `GET /system` and C-ECHO on every DICOM port answer.
 * Throws `NotInTime` with Orthanc's last words. Needs Orthanc, curl and echoscu.
 *
 * Facts, tried on Orthanc 1.10.1 (Debian 12):
 * - HEAD is answered with 404 on every path, also where GET gives 200 (`/system`, `/statistics`, `/app/explorer.html`);
 *   GET / is a 301. So no HEAD check can pass: check with GET /system, or put a web server in front, as `startPacs` does.
 * - It has one DICOM port and listens on all addresses; there is no setting for the address (`RemoteAccessAllowed: false`
 *   refuses foreign HTTP clients after accepting them). Further ports, and on this machine the address, are a relay's.
 * - It is up within about 0.3 s and takes 2.5 to 3.5 s to end after SIGTERM.
 */
export const startOrthanc = async (options: OrthancOptions): Promise<BackEnd> => {
  const { place = thisMachine, address, dicomPorts, httpPort, name, user } = options;
  const folder = await makeTempFolder('orthanc');
  const listensAt = {
    http: place.isOurs ? httpPort : await freePort('0.0.0.0'),
    dicom: place.isOurs ? dicomPorts[0] : await freePort('0.0.0.0'),
  };
  const routes = [
    { address, port: httpPort, toPort: listensAt.http },
    ...dicomPorts.map((port) => ({ address, port, toPort: listensAt.dicom })),
  ].filter(({ port, toPort }) => port !== toPort);
  const config = await writeConfig(folder.path, options, listensAt);
  return startBackEnd({
    name: `Orthanc ${name}`,
    place,
    server: { command: 'Orthanc', args: [config] },
    companions: routes.length > 0 ? [relay(routes)] : [],
    tidy: () => folder.remove(),
    answers: async () => {
      const headers = user === undefined ? {} : { Authorization: basic(user) };
      const { body } = await curl(place, `http://${address}:${httpPort}/system`, { headers });
      if (!body.includes(`"${name}"`)) return false;
      const echoes = await Promise.all(dicomPorts.map((port) => echoscu(place, { address, port })));
      return echoes.every(({ ok }) => ok);
    },
  });
};

const basic = ({ username, password }: NonNullable<OrthancOptions['user']>): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

const writeConfig = async (
  folder: string,
  { place = thisMachine, aeTitle, name, user }: OrthancOptions,
  listensAt: { readonly http: number; readonly dicom: number },
): Promise<string> => {
  const script = join(folder, 'local-only.lua');
  if (!place.isOurs) await writeFile(script, localOnly);
  const config = {
    Name: name,
    StorageDirectory: folder,
    IndexDirectory: folder,
    Plugins: [],
    HttpPort: listensAt.http,
    RemoteAccessAllowed: place.isOurs,
    AuthenticationEnabled: user !== undefined,
    RegisteredUsers: user === undefined ? {} : { [user.username]: user.password },
    DicomAet: aeTitle,
    DicomPort: listensAt.dicom,
    // Each open association holds one; modalities keep theirs for long.
    DicomThreadsCount: 32,
    DicomAlwaysAllowEcho: true,
    DicomAlwaysAllowStore: true,
    DicomAlwaysAllowFind: true,
    OverwriteInstances: true,
    SyncStorageArea: false,
    LuaScripts: place.isOurs ? [] : [script],
  };
  const path = join(folder, 'orthanc.json');
  await writeFile(path, JSON.stringify(config, null, 2));
  return path;
};

/** On this machine Orthanc listens on all addresses: strangers may neither leave images nor find any. */
const localOnly = `
function ReceivedInstanceFilter(dicom, origin)
  return origin.RemoteIp == '127.0.0.1'
end

function IncomingFindRequestFilter(query, origin)
  if origin.RemoteIp ~= '127.0.0.1' then query['0010,0020'] = 'local clients only' end
  return query
end
`;
