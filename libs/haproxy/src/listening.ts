import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';

/**
 * Why HAProxy could not listen where `wanted` says and `current`, which it runs, does not; undefined when it could.
 *
 * Asked before a reload, because HAProxy finds out too late: when a port is taken, it stops its old worker from
 * accepting, tries for two seconds, and only then gives up. Every service refuses connections meanwhile (tried on 2.6.12:
 * 2.2 s). Somebody may still take a port between this question and the reload.
 */
export const whyNotListen = async (wanted: string, current: string, masterPid: number): Promise<string | undefined> => {
  const already = listeningIn(current);
  const mayAlways = await mayBindPrivileged(masterPid);
  for (const place of listeningIn(wanted)) {
    if (already.has(place)) continue;
    const code = await tryToListen(place);
    // HAProxy may have a capability that we have not.
    if (code === 'EACCES' && mayAlways) continue;
    if (code !== undefined) return `cannot listen on ${place}: ${meanings[code] ?? code}`;
  }
  return undefined;
};

/** Where a configuration of ours listens: `address:port`, `[address]:port`, each port of a range. */
const listeningIn = (configuration: string): ReadonlySet<string> =>
  new Set([...configuration.matchAll(/^ {2}bind (\S+):(\d+)(?:-(\d+))?/gm)].flatMap(placesOf));

const placesOf = ([, address, first, last = first]: RegExpExecArray): readonly string[] =>
  Array.from({ length: Number(last) - Number(first) + 1 }, (_, nth) => `${address}:${Number(first) + nth}`);

const meanings: Readonly<Record<string, string>> = {
  EADDRINUSE: 'somebody else listens there (EADDRINUSE)',
  EACCES: 'not permitted, ports below 1024 need a privilege (EACCES)',
};

const tryToListen = async (place: string): Promise<string | undefined> => {
  const [, host = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(place) ?? [];
  const server = createServer();
  try {
    // As HAProxy does it. Nothing can be connected yet that should be: the service is not there.
    server.listen({ host, port: Number(port), exclusive: true, reusePort: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return undefined;
  } catch (failure) {
    const code = (failure as NodeJS.ErrnoException).code ?? 'unknown error';
    // HAProxy listens on addresses that the node does not hold yet.
    return code === 'EADDRNOTAVAIL' ? undefined : code;
  }
};

/** Bit 10 of the effective capabilities: CAP_NET_BIND_SERVICE, capabilities(7). */
const mayBindPrivileged = async (pid: number): Promise<boolean> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return (BigInt(`0x${effective}`) & (1n << 10n)) !== 0n;
};
