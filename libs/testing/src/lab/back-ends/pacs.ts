import { freePort } from '../programs/free-port.ts';
import { type Need, unmetNeeds } from '../programs/needs.ts';
import { type Place, thisMachine } from '../programs/place.ts';
import { type BackEnd, together } from './back-end.ts';
import { startNmbd } from './nmbd.ts';
import { startOrthanc } from './orthanc.ts';
import { startWebServer } from './web-server.ts';
import { startWorklist } from './worklist.ts';

/** TCP ports. NetBIOS is always UDP 137. */
export type PacsPorts = {
  readonly web: number;
  readonly dicom: number;
  readonly query: number;
  readonly worklist: number;
};

/** The ports of the reference deployment. */
export const standardPorts: PacsPorts = { web: 80, dicom: 104, query: 105, worklist: 204 };

export type PacsOptions = {
  readonly place?: Place;
  readonly address: string;
  readonly name: string;
  readonly ports?: PacsPorts;
  readonly aeTitle?: string;
};

/** The parts are there unless `missing` says why not; each can be stopped or paused alone. */
export type Pacs = BackEnd & {
  readonly address: string;
  readonly ports: PacsPorts;
  readonly aeTitle: string;
  readonly web: BackEnd;
  readonly archive: BackEnd | undefined;
  readonly worklist: BackEnd | undefined;
  readonly netbios: BackEnd | undefined;
  /** One line per reason why a part is not there: `worklist: wlmscpfs is not installed (Debian package dcmtk)`. */
  readonly missing: readonly string[];
};

/**
 * One stand-in for an INFINITT PACS, of real servers:
 * - web: our small web server, which answers HEAD and GET of `/` with the PACS's name and passes all other paths on to
 *   Orthanc (`/system`, `/app/explorer.html`), because Orthanc itself answers every HEAD with 404;
 * - dicom and query: one Orthanc behind both ports, so that what is stored through the one is found through the other
 *   (a second server, such as dcmqrscp, would have a second archive);
 * - worklist: wlmscpfs; NetBIOS: nmbd.
 *
 * On this machine (no `place`) everything listens on `address` alone, which may be any of 127.0.0.0/8, so several PACS
 * run side by side with the same ports; Orthanc and wlmscpfs stand behind a relay there, on free ports.
 * Resolves when all parts answer. Throws what a part throws, with no part left running.
 */
export const startPacs = async (options: PacsOptions): Promise<Pacs> => {
  const { place = thisMachine, address, name, ports = standardPorts, aeTitle = 'INFINITT' } = options;
  const archiveHttp = { address, port: place.isOurs ? 8042 : await freePort(address) };
  const missing: string[] = [];
  const startIf = async (
    part: string,
    needs: readonly Need[],
    start: () => Promise<BackEnd>,
  ): Promise<BackEnd | undefined> => {
    const unmet = unmetNeeds(...needs);
    missing.push(...unmet.map((reason) => `${part}: ${reason}`));
    return unmet.length === 0 ? start() : undefined;
  };
  const dicomPorts = [ports.dicom, ports.query] as const;
  const [web, archive, worklist, netbios] = await allOrNone([
    startWebServer({ place, address, port: ports.web, name, behind: archiveHttp }),
    startIf('archive', ['Orthanc', 'curl', 'echoscu'], () =>
      startOrthanc({ place, address, httpPort: archiveHttp.port, dicomPorts, aeTitle, name }),
    ),
    startIf('worklist', ['wlmscpfs', 'dump2dcm', 'echoscu'], () =>
      startWorklist({ place, address, port: ports.worklist, aeTitle, name }),
    ),
    startIf('NetBIOS', ['nmbd', 'nmblookup', 'root'], () => startNmbd({ place, address, name })),
  ]);
  const parts = [web, archive, worklist, netbios].filter((part) => part !== undefined);
  return { ...together(name, parts), address, ports, aeTitle, web, archive, worklist, netbios, missing };
};

type Starts = readonly [Promise<BackEnd>, ...Promise<BackEnd | undefined>[]];
type Started<All extends Starts> = { readonly [Index in keyof All]: Awaited<All[Index]> };

/** All of them started, or, when one fails, none of them running and its failure thrown. */
const allOrNone = async <All extends Starts>(starts: readonly [...All]): Promise<Started<All>> => {
  try {
    return await Promise.all(starts);
  } catch (failure) {
    const settled = await Promise.allSettled<BackEnd | undefined>(starts);
    const running = settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
    await Promise.all(running.filter((part) => part !== undefined).map((part) => part.kill()));
    throw failure;
  }
};
