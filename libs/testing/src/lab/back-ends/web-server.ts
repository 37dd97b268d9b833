import { isIPv6 } from 'node:net';
import { type Place, thisMachine } from '../programs/place.ts';
import { curl } from '../clients/curl.ts';
import { type BackEnd, startBackEnd } from './back-end.ts';
import { nodeProgram } from './node-program.ts';

export type WebServerOptions = {
  readonly place?: Place;
  readonly address: string;
  readonly port: number;
  /** The page at `/`, and the header `x-server` of every answer. */
  readonly name: string;
  /** Where requests go that are not ours: another HTTP server in the same place. Without it they get 404. */
  readonly behind?: { readonly address: string; readonly port: number };
};

/**
 * A small web server that says who it is. HEAD and GET of `/` answer 200 with its name; `/hold?ms=5000` sends its name
 * at once and ends the answer after that time (a long connection); the rest goes to `behind`.
 */
export const startWebServer = (options: WebServerOptions): Promise<BackEnd> => {
  const { place = thisMachine, address, port, name, behind } = options;
  const host = isIPv6(address) ? `[${address}]` : address;
  return startBackEnd({
    name: `web server ${name}`,
    place,
    server: nodeProgram('web-server-main.ts', { address, port, name, behind }),
    companions: [],
    tidy: () => Promise.resolve(),
    answers: async () => (await curl(place, `http://${host}:${port}/`)).body === `${name}\n`,
  });
};
